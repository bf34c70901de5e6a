/**
 * The grammar of Cache-Control, and nothing else (RFC 9111 §5.2): directives with an optional argument, a token or
 * a quoted string. Names are case-insensitive. What is not of the grammar is passed over; nothing here throws. A semicolon
 * or a space is taken for the comma that was meant: behind it stands a `private` as often as not.
 */

/** Directive → argument, `null` where it has none. Of a repeated directive the first counts (§4.2.1). */
export type Directives = ReadonlyMap<string, string | null>

const DIRECTIVE =
  /([!#$%&'*+\-.^_`|~\w]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?[^,;\s]*(?:[,;\s]|$)/g

/** The largest delta-seconds that counts: a larger one is taken for this (RFC 9111 §1.2.2). */
export const LARGEST_SECONDS = 2 ** 31

export function parseCacheControl(field: string | null | undefined): Directives {
  const directives = new Map<string, string | null>()
  if (!field) return directives
  for (const [, name, quoted, token] of field.matchAll(DIRECTIVE)) {
    const key = name!.toLowerCase()
    if (directives.has(key)) continue
    directives.set(key, quoted === undefined ? (token ?? null) : quoted.replace(/\\(.)/g, '$1'))
  }
  return directives
}

/** The seconds that a directive gives; `null` where it is absent or no delta-seconds. */
export function secondsOf(directives: Directives, name: string): number | null {
  return parseSeconds(directives.get(name))
}

/**
 * The freshness lifetime that a directive gives; `null` where it is absent. "Caches are encouraged to consider
 * responses that have invalid freshness information (e.g., a max-age directive with non-integer content) to be
 * stale" (§4.2.1).
 */
export function lifetimeOf(directives: Directives, name: string): number | null {
  return directives.has(name) ? (secondsOf(directives, name) ?? 0) : null
}

/** A delta-seconds (§1.2.2): digits only, saturating. */
export function parseSeconds(text: string | null | undefined): number | null {
  if (!text || !/^\d+$/.test(text)) return null
  return Math.min(Number(text), LARGEST_SECONDS)
}
