/**
 * A response that was fetched and that a route hands on as it is: nobody can change its headers, and where `fetch()` has
 * decoded the body, they still name its coding. Deno sends such a one without, as long as it is the very same.
 *
 * And one of a class that is not the platform's, as GraphQL Yoga makes on Node: its Headers may give names as they were
 * written, and its clone may read the very body that the client is sent.
 */

import { getRuntimeKey } from 'hono/adapter'
import { BODILESS } from '../body.ts'
import { headersBut } from '../http/fields.ts'
import { hasMembers } from '../key/plain.ts'

/** One like it, of which the headers can be changed, and are true. */
export function copyOfFetched(res: Response): Response {
  const { status, statusText, body } = res
  // A copy of them, too: Node's adapter of 1.14 to 2.0.0 takes a Headers as it is.
  const isFalse = isCoded(res) && body !== null
  const headers = headersBut(res.headers, isFalse ? ['content-encoding', 'content-length'] : [])
  // Workers send an empty one as it is.
  return new Response(body, { status, headers, ...(statusText && { statusText }) })
}

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

/** Whether it is of such a class. Its body is not asked for: once that was read, Bun no longer sends a text as one. */
export function isForeign(res: Response): boolean {
  // Before its headers, as Node's adapter wants it: see `storeResponse()`.
  void res.bodyUsed
  const headers: unknown = res.headers
  return !(headers instanceof Headers) && hasMembers(headers) && Symbol.iterator in headers
}

/** One of the platform's own like it; the very one where its body was read already, or nobody may have such a one. */
export function copyOfForeign(res: Response): Response {
  try {
    if (isDecoded(res)) return copyOfFetched(res)
    const { status, statusText, body } = res
    const headers = new Headers([...res.headers])
    const own = BODILESS.includes(status) ? null : bodyOf(body)
    return new Response(own, { status, headers, ...(statusText && { statusText }) })
  } catch {
    return res
  }
}

function bodyOf(body: Pick<ReadableStream, 'getReader' | 'cancel'> | null): ReadableStream | null {
  if (body === null || body instanceof ReadableStream) return body
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
