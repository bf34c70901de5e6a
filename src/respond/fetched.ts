/**
 * A response that was fetched and that a route hands on as it is: nobody can change its headers, and where `fetch()` has
 * decoded the body, they still name its coding. Deno sends such a one without, as long as it is the very same.
 */

import { getRuntimeKey } from 'hono/adapter'
import { textOf } from '../entry/entry.ts'
import { headersBut } from '../http/fields.ts'

/** One like it, of which the headers can be changed, and are true. */
export function copyOfFetched(res: Response): Response {
  const { body } = res
  const isFalse = isCoded(res) && body !== null
  // A copy of them, too: Node's adapter of 1.14 to 2.0.0 takes a Headers as it is.
  const headers = headersBut(res.headers, isFalse ? ['content-encoding', 'content-length'] : [])
  return like(res, body, headers)
}

/** A response of the same status. */
export const like = ({ status, statusText }: Response, body: BodyInit | null, headers: Headers): Response =>
  // Workers send an empty reason phrase as it is.
  new Response(body, { status, headers, ...(statusText && { statusText }) })

/** Whether its body has lost the coding that its headers name. */
export function isDecoded(res: Response): boolean {
  if (!isCoded(res)) return false
  try {
    res.headers.delete('hono-redis-cache')
    // What the app has coded itself, with headers of its own.
    return false
  } catch {
    return res.body !== null
  }
}

/** In a way that every `fetch()` decodes. Workers code a body as its headers say, and no others do. */
const isCoded = ({ headers }: Response): boolean =>
  /^(gzip|br)$/i.test(headers.get('content-encoding') ?? '') && getRuntimeKey() !== 'workerd'

/**
 * Whether Workers would code it twice: they code what they send as its headers say, but for a response that was made with
 * `encodeBody: 'manual'`, of which nobody can see that.
 */
export function mayBeCodedAlready({ headers }: Response, bytes: Uint8Array): boolean {
  const coding = headers.get('content-encoding')?.toLowerCase()
  const isLike = coding === 'br' || (coding === 'gzip' && bytes[0] === 0x1f)
  return isLike && getRuntimeKey() === 'workerd' && textOf(bytes) === null
}
