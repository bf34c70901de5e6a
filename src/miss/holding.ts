/**
 * `awaitStore`: the end of a response waits until its entry is stored, for a client that asks again at once. Its
 * beginning does not: nothing but the last bytes is held.
 */

import { replaceResponse } from '../respond/saying.ts'
import type { Visit } from '../visit.ts'

/**
 * Lets the response end only after a promise, which must not reject. Where there is a Content-Length, the last bytes
 * are the end for the client, and wait with it; else each chunk passes at once, since the client may have to answer it
 * before the next is made. Where there is no body, the whole response waits.
 */
export async function holdEnd({ c }: Visit, promise: Promise<unknown>): Promise<void> {
  const { res } = c
  const { body } = res
  if (!body || res.headers.get('content-length') === '0') {
    await promise
    return
  }
  const isCounted = res.headers.has('content-length')
  let last: Uint8Array | undefined
  const held = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      if (chunk.byteLength === 0) return
      if (!isCounted) return controller.enqueue(chunk)
      if (last) controller.enqueue(last)
      last = chunk
    },
    async flush(controller) {
      await promise
      if (last) controller.enqueue(last)
    },
  })
  replaceResponse(c, new Response(body.pipeThrough(held), res))
}
