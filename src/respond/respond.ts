/**
 * Makes a Response of a body and of fields, on top of those that middleware above has prepared on the Context.
 *
 * Native Responses are built fastest by setting their headers; that of Node's adapter by a record of them, where one
 * can hold them all.
 */

import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import { bytesOf } from '../entry/entry.ts'
import { fieldOf } from '../http/fields.ts'
import { type Fields, keepingOf, recordOf } from './record.ts'

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null

/**
 * @param above the fields set above, where they are not those that the Context has now
 * @throws where a value is none of a header field
 */
export function responseOf(
  c: Context,
  status: number,
  body: Body,
  fields: Fields,
  above?: Headers,
): Response {
  const { stored, added } = fields
  const typed = fieldOf(stored, 'content-type') !== null
  const keeping = keepingOf(Response)
  // A body without a type gets one where the adapter has a Headers, and none where it has a record.
  if (keeping === 'record' && !above && (typed || body === null)) {
    const headers = recordOf(c, fields)
    if (headers) return new Response(body, { status, headers })
  }
  let response: Response
  if (keeping === 'nothing' && !above) {
    response = c.newResponse(body as string, status as StatusCode)
  } else {
    // Node writes headers and a text as one string in UTF-8: what is not ASCII in a header would be encoded twice.
    const content = typeof body === 'string' && typed ? bytesOf(body) : body
    // A Headers, since no version forgets what is changed in that; and a copy, so that the Context's stays as it is.
    const headers = new Headers(above ?? c.newResponse(null).headers)
    response = new Response(content, { status, headers })
  }
  if (typeof body === 'string' && !typed) {
    // The Response has guessed one; that of Node's adapter does so when anything but headers is read.
    void response.bodyUsed
    response.headers.delete('content-type')
  }
  const { headers } = response
  for (const [name, value, append] of stored) {
    if (append || name === 'set-cookie') headers.append(name, value)
    else headers.set(name, value)
  }
  const { age, 'cache-status': ours, 'content-range': range, 'cache-control': control } = added
  headers.set('age', age)
  headers.append('cache-status', ours)
  if (range !== undefined) headers.set('content-range', range)
  if (control !== undefined) headers.set('cache-control', control)
  return response
}
