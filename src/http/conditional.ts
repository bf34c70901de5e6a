/**
 * Conditional requests (RFC 9110 §13) answered from a stored response: is the client's copy still the same one?
 */

import { parseDate } from './date.ts'

export interface Validators {
  readonly etag: string | null | undefined
  readonly lastModified: string | null | undefined
}

/** The fields by which a client makes a request conditional or partial. */
export const CONDITIONAL_FIELDS: readonly string[] = [
  'if-none-match',
  'if-modified-since',
  'if-match',
  'if-unmodified-since',
  'if-range',
  'range',
]

/** One member of a list (RFC 9110 §8.8.3); obs-text is one character a byte on some runtimes and UTF-8 on others. */
const ENTITY_TAG = /(?:^|,)[ \t]*((?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*")[ \t]*(?=,|$)/g

/**
 * Whether a 304 answers the request (§13.2.2, steps 3 and 4). If-None-Match compares weakly (§13.1.2); where it is
 * present, If-Modified-Since counts for nothing (§13.1.3).
 */
export function isNotModified(
  ifNoneMatch: string | null | undefined,
  ifModifiedSince: string | null | undefined,
  { etag, lastModified }: Validators,
): boolean {
  if (ifNoneMatch !== null && ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === '*') return true
    if (!etag) return false
    const opaque = opaqueTag(etag)
    for (const [, candidate] of ifNoneMatch.matchAll(ENTITY_TAG))
      if (opaqueTag(candidate!) === opaque) return true
    return false
  }
  const since = parseDate(ifModifiedSince)
  const modified = parseDate(lastModified)
  return since !== null && modified !== null && modified <= since
}

/** An entity tag without its weakness: what the weak comparison compares (RFC 9110 §8.8.3.2). */
const opaqueTag = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag)
