/**
 * Reads a body to its end, or gives it up: a copy beside the client's must not grow without bound.
 */

/** Statuses whose response has no body, not even an empty one. */
export const BODILESS: readonly number[] = [204, 205, 304]

export type Copy =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly failed: 'too-large' | 'cut-short'; readonly detail?: string }

/**
 * @param most bytes
 * @param milliseconds after which it is given up, even while it stands still: a copy that waits for its next chunk is a
 *   branch of a tee, and keeps the source from learning that the client has gone
 */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null,
  most: number,
  milliseconds: number,
): Promise<Copy> {
  if (!body) return { bytes: new Uint8Array() }
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  const late: Copy = { failed: 'cut-short', detail: `it took more than ${milliseconds / 1000} seconds` }
  let givenUp = false
  // The other branch of the tee goes on; only this one ends. Its promise waits for both, so nobody waits for it.
  const giveUp = () => void reader.cancel().catch(() => {})
  const until = Date.now() + milliseconds
  const timer: unknown = setTimeout(() => {
    givenUp = true
    // A read that waits then finds the end.
    giveUp()
  }, milliseconds)
  // It keeps no process from ending.
  ;(timer as { unref?: () => void }).unref?.()

  const failureOf = (chunk: unknown): Copy | null => {
    // What a client gets of any other differs by runtime.
    if (!isBytes(chunk)) return { failed: 'cut-short', detail: 'a chunk is no Uint8Array' }
    size += chunk.byteLength
    if (size > most) return { failed: 'too-large' }
    // By the clock as well: chunks that follow each other at once keep every timer waiting.
    return Date.now() > until ? late : null
  }
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return givenUp ? late : { bytes: concatenate(chunks, size) }
      const failed = failureOf(value)
      if (failed) {
        giveUp()
        return failed
      }
      chunks.push(value)
    }
  } catch {
    return { failed: 'cut-short' }
  } finally {
    clearTimeout(timer as number)
  }
}

/** Of whatever realm: test environments put the Uint8Array of another in the place of the platform's, as jsdom does. */
const isBytes = (chunk: unknown): chunk is Uint8Array =>
  Object.prototype.toString.call(chunk) === '[object Uint8Array]'

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}
