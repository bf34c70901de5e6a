/**
 * A stored part of a representation (RFC 9111 §3.3): the bytes of a 206 and where they belong. It answers the ranges
 * that lie within it, and becomes the whole when the rest arrives (§3.4).
 *
 * Where a part holds fewer bytes than its Content-Range says, the bytes count: what is answered is what there is.
 */

import {
  type ByteRange,
  type ContentRange,
  type DatedValidators,
  isSameRepresentation,
  parseContentRange,
  parseRange,
} from './range.ts'

export interface Part extends ContentRange {
  readonly body: Uint8Array<ArrayBuffer>
  /** The range that was asked for when it was received. */
  readonly asked: ByteRange | null
}

interface Slice {
  readonly range: ContentRange
  readonly body: Uint8Array<ArrayBuffer>
}

/** The part that a 206 holds; `null` where it holds several, or does not say which. */
export function partOf(
  contentRange: string | null | undefined,
  body: Uint8Array<ArrayBuffer>,
  asked: string | null | undefined,
): Part | null {
  const range = parseContentRange(contentRange)
  return range && body.length > 0 ? { ...range, body, asked: parseRange(asked) } : null
}

/** The bytes of the range and where they belong; `null` where the part does not hold all of it. */
export function slice(stored: Part, range: ByteRange): Slice | null {
  const { first, last, total, body, asked } = stored
  if (isSame(range, asked)) return { range: { first, last: end(stored), total }, body }
  const reachesEnd = last + 1 === total
  if ('suffix' in range) {
    // Counted from the end, which only a part that reaches it knows.
    if (!reachesEnd || range.suffix === 0 || range.suffix > total - first) return null
    const bytes = body.subarray(-range.suffix)
    return { range: { first: total - bytes.length, last, total }, body: bytes }
  }
  if (range.first < first) return null
  if (!reachesEnd && (range.last === null || range.last > last)) return null
  const from = range.first - first
  const bytes = body.subarray(from, Math.min(range.last ?? last, last) - first + 1)
  if (bytes.length === 0) return null
  return { range: { first: range.first, last: range.first + bytes.length - 1, total }, body: bytes }
}

/** The Range that asks for the rest of a part that begins at the beginning; `null` where there is none to ask for. */
export function missing({ first, total, body }: Part): string | null {
  return first === 0 && (total === null || body.length < total) ? `bytes=${body.length}-` : null
}

/**
 * The whole, from a part that begins at the beginning and an answer that goes on where it ends and reaches the end.
 * "if they all share the same strong validator" (§3.4): anything less could join two versions.
 */
export function complete(
  stored: Part & DatedValidators,
  answer: Part & DatedValidators,
): Uint8Array<ArrayBuffer> | null {
  const { total } = answer
  if ((stored.total ?? total) !== total || !isSameRepresentation(stored, answer)) return null
  if (stored.first !== 0 || answer.first > stored.body.length) return null
  if (answer.first + answer.body.length !== total) return null
  const whole = new Uint8Array(total)
  whole.set(stored.body.subarray(0, answer.first))
  whole.set(answer.body, answer.first)
  return whole
}

const end = ({ first, body }: Part): number => first + body.length - 1

const isSame = (one: ByteRange, other: ByteRange | null): boolean =>
  JSON.stringify(one) === JSON.stringify(other)
