/**
 * Range requests (RFC 9110 §14): one range of bytes. Several ranges, other units and what is malformed are `null`,
 * which a server may ignore; the answer is then the whole (§14.2). Positions are inclusive, as the RFC's are.
 */

import type { Validators } from './conditional.ts'
import { parseDate } from './date.ts'

/** What a client asks for: from one position to another or to the end, or the last so many bytes (§14.1.2). */
export type ByteRange =
  | { readonly first: number; readonly last: number | null }
  | { readonly suffix: number; readonly last?: null }

/** Bytes that there are, by the positions of the first and the last. */
export interface Span {
  readonly first: number
  readonly last: number
}

/** What a 206 holds (§14.4); the length of the whole is `null` where the field says `*`. */
export interface ContentRange extends Span {
  readonly total: number | null
}

// Of a list one element may be empty (§5.6.1.2), which leaves a comma behind.
const RANGE = /^bytes=[ \t,]*(?:(\d+)-(\d*)|-(\d+))[ \t,]*$/i
const CONTENT_RANGE = /^bytes (\d+)-(\d+)\/(?:(\d+)|\*)$/i

/** "prevent parsing errors due to integer conversion overflows" (§14.1.2) */
const position = (digits: string): number => Math.min(Number(digits), Number.MAX_SAFE_INTEGER)

export function parseRange(field: string | null | undefined): ByteRange | null {
  const match = RANGE.exec(field?.trim() ?? '')
  if (!match) return null
  if (match[3] !== undefined) return { suffix: position(match[3]) }
  const first = position(match[1]!)
  const last = match[2] ? position(match[2]) : null
  // "An int-range is invalid if the last-pos value is present and less than first-pos" (§14.1.1)
  return last !== null && last < first ? null : { first, last }
}

/** The bytes that a range selects of a representation of that length; none: 416 (§14.1.2, §15.5.17). */
export function resolve(range: ByteRange, length: number): Span | 'unsatisfiable' {
  const end = length - 1
  // A suffix longer than the whole is the whole; one of no bytes, or of an empty whole, is none.
  const first = 'suffix' in range ? Math.max(0, length - range.suffix) : range.first
  if (first > end) return 'unsatisfiable'
  return { first, last: Math.min(range.last ?? end, end) }
}

/** `null` also where it contradicts itself: the last byte before the first, or beyond the whole (§14.4). */
export function parseContentRange(field: string | null | undefined): ContentRange | null {
  const match = CONTENT_RANGE.exec(field?.trim() ?? '')
  if (!match) return null
  const first = position(match[1]!)
  const last = position(match[2]!)
  const total = match[3] === undefined ? null : position(match[3])
  return last < first || (total !== null && total <= last) ? null : { first, last, total }
}

/** The field of a 206, or of a 416, which tells the length alone. */
export function formatContentRange(span: Span | 'unsatisfiable', total: number | null): string {
  const positions = span === 'unsatisfiable' ? '*' : `${span.first}-${span.last}`
  return `bytes ${positions}/${total ?? '*'}`
}

export interface DatedValidators extends Validators {
  /** When the response was made, in milliseconds: its Date, or when it was received (§6.6.1). */
  readonly date: number | null
}

/**
 * Whether a Range may be answered with a part (§13.1.5): the client's other part is of this very representation.
 * Without an If-Range it may. Only strong validators count, and a date must match to the letter.
 */
export function ifRangeHolds(ifRange: string | null | undefined, stored: DatedValidators): boolean {
  if (ifRange === null || ifRange === undefined) return true
  const validator = ifRange.trim()
  if (isStrongTag(validator)) return validator === stored.etag?.trim()
  return validator === stored.lastModified?.trim() && isStrongDate(stored)
}

/** Whether two responses are of one representation, byte for byte: the same strong validator (§8.8.1). */
export function isSameRepresentation(one: DatedValidators, other: DatedValidators): boolean {
  if (one.etag || other.etag) return isStrongTag(one.etag?.trim() ?? '') && ifRangeHolds(one.etag, other)
  return isStrongDate(one) && ifRangeHolds(one.lastModified, other)
}

const isStrongTag = (tag: string): boolean => /^"[\x21\x23-\x7e\x80-\uffff]*"$/.test(tag)

/** A Last-Modified is strong when it lies at least one second before the response was made (§8.8.2.2). */
function isStrongDate({ lastModified, date }: DatedValidators): boolean {
  const modified = parseDate(lastModified)
  return modified !== null && date !== null && date - modified >= 1000
}
