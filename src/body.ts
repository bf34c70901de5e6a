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
 * @param milliseconds a chunk that comes later than that is one too many. No timer: of a copy that stands still nothing
 *   grows, and what comes in time is read on.
 */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null,
  most: number,
  milliseconds = Number.POSITIVE_INFINITY,
): Promise<Copy> {
  const until = Date.now() + milliseconds
  if (!body) return { bytes: new Uint8Array() }
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  const failureOf = (chunk: unknown): Copy | null => {
    // What a client gets of any other differs by runtime.
    if (!(chunk instanceof Uint8Array)) return { failed: 'cut-short', detail: 'a chunk is no Uint8Array' }
    size += chunk.byteLength
    if (size > most) return { failed: 'too-large' }
    return Date.now() > until
      ? { failed: 'cut-short', detail: `it took more than ${milliseconds / 1000} seconds` }
      : null
  }
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { bytes: concatenate(chunks, size) }
      const failed = failureOf(value)
      if (failed) {
        // The other branch of the tee goes on; only this one ends. Its promise waits for both, so nobody waits for it.
        reader.cancel().catch(() => {})
        return failed
      }
      chunks.push(value)
    }
  } catch {
    return { failed: 'cut-short' }
  }
}

function concatenate(chunks: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}
