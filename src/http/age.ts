/** The Age field (RFC 9111 §5.1): for how many seconds a response has been in caches on its way here. */

import { LARGEST_SECONDS, parseSeconds } from './cache-control.ts'

/**
 * Seconds; `null` where the field is absent. Where it is there and cannot be read the response is as old as can be:
 * a cache on the way has kept it for a time that nobody knows, and taking that for none would prolong its life.
 *
 * "a cache encountering a message with a list-based Age field value SHOULD use the first member", but not one of
 * several field lines, which the Fetch standard joins with a comma and a space: two caches then contradict each other.
 */
export function parseAge(field: string | null | undefined): number | null {
  if (field === null || field === undefined) return null
  const [first] = field.includes(', ') ? [] : field.split(',')
  return parseSeconds(first?.trim()) ?? LARGEST_SECONDS
}
