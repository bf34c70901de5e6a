/**
 * Makes a Response of a body and of fields, on top of those that middleware above has prepared on the Context.
 *
 * Native Responses are built fastest by setting their headers. That of Node's adapter keeps the headers that it is
 * given, and writes those of a plain record to the socket as they are: with a Headers in between, which it makes when
 * somebody asks for one, a near hit there takes a fifth more time.
 */

import type { Context } from 'hono'
import type { StatusCode } from 'hono/utils/http-status'
import type { Field } from './http/fields.ts'

type Body = string | Uint8Array<ArrayBuffer> | null

/**
 * @param above the fields set above, where they are not those that the Context has now
 * @throws where the fields are no header fields
 */
export function responseOf(
  c: Context,
  status: number,
  body: Body,
  fields: readonly Field[],
  above?: Headers,
): Response {
  const untyped = typeof body === 'string' && !fields.some(([name]) => name === 'content-type')
  if (!above && !untyped && keepsRecords(Response)) {
    const headers = recordOf(c, fields)
    if (headers) return new Response(body, { status, headers })
  }
  const response = above
    ? new Response(body, { status, headers: above })
    : c.newResponse(body as string, status as StatusCode)
  if (untyped) {
    // The Response has guessed one; that of Node's adapter does so when anything but headers is read.
    void response.bodyUsed
    response.headers.delete('content-type')
  }
  const { headers } = response
  for (const [name, value, append] of fields) {
    if (append || name === 'set-cookie') headers.append(name, value)
    else headers.set(name, value)
  }
  return response
}

/** By the class: Node's adapter puts its own in the place of the native one when it begins to serve. */
const keeping = new WeakMap<typeof Response, boolean>()

/** Whether a Response takes its headers apart only when somebody asks for them. */
function keepsRecords(Class: typeof Response): boolean {
  let keeps = keeping.get(Class)
  if (keeps === undefined) {
    let asked = false
    const headers = {
      get age() {
        asked = true
        return '0'
      },
    }
    new Class(null, { headers })
    keeps = !asked
    keeping.set(Class, keeps)
  }
  return keeps
}

/** `null` where a record cannot hold them: it has each name once. */
function recordOf(c: Context, fields: readonly Field[]): Record<string, string> | null {
  const record: Record<string, string> = {}
  for (const [name, value] of c.newResponse(null).headers) {
    if (!isKey(name)) return null
    record[name] = value
  }
  for (const [name, value, append] of fields) {
    if (!isKey(name)) return null
    // Nobody else looks at them before they are on their way.
    if (!isField(name, value)) throw new TypeError('no header field')
    record[name] = append && Object.hasOwn(record, name) ? `${record[name]}, ${value}` : value
  }
  return record
}

const isKey = (name: string): boolean => name !== 'set-cookie' && name !== '__proto__'

const isField = (name: string, value: string): boolean =>
  /^[!#$%&'*+\-.^_`|~\da-z]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
