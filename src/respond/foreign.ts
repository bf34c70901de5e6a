/**
 * A response of a class that is not the platform's, as GraphQL Yoga makes on Node: its Headers may give names as they were
 * written, and its clone may read the very body that the client is sent. It is taken over into one of the platform's own.
 */

import { BODILESS } from '../body.ts'
import { hasMembers } from '../key/plain.ts'
import { copyOfFetched, isDecoded, like } from './fetched.ts'

/**
 * Whether it is of such a class. Its body is not asked for: once that was read, Bun no longer sends a text as one. And
 * the global Headers may be another than the platform's responses have, as instrumentation or a polyfill puts it there.
 */
export function isForeign(res: Response): boolean {
  const headers = headersIn(res)
  if (headers instanceof Headers || !hasMembers(headers)) return false
  return !(headers instanceof headersIn(new Response()).constructor) && Symbol.iterator in headers
}

function headersIn(res: Response): object {
  // Before its headers, as Node's adapter wants it: see `storeResponse()`.
  void res.bodyUsed
  return res.headers
}

/** One of the platform's own like it; the very one where its body was read already, or nobody may have such a one. */
export function copyOfForeign(res: Response): Response {
  try {
    if (isDecoded(res)) return copyOfFetched(res)
    const body = BODILESS.includes(res.status) ? null : bodyOf(res.body)
    return like(res, body, new Headers([...res.headers]))
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
