/** The Age field (RFC 9111 §5.1): for how many seconds a response has been in caches on its way here. */

import { parseSeconds } from './cache-control.ts'

/**
 * Seconds; `null` where the field is absent or invalid. "A cache encountering a message with a list-based Age field
 * value SHOULD use the first member of the field value, discarding subsequent ones. If the field value (after discarding
 * additional members [...]) is invalid (e.g., it contains something other than a non-negative integer), a cache SHOULD
 * ignore the field."
 */
export const parseAge = (field: string | null | undefined): number | null =>
  parseSeconds(/^[\s,]*(\d+)\s*(?:,|$)/.exec(field ?? '')?.[1])
