/**
 * What a response is made of: the scopes and the earliest stamp of every cached part that went into it. So clearing
 * a memo's tag clears the pages made from it, and a page is no newer than its oldest part.
 *
 * Parts run side by side and nothing tells which of them used which, so each goes to all that are being made in the
 * same request: too many scopes at worst, never too few.
 */

import { earlier, type Time } from './store/time.ts'

/** What one response, or one memo, is made of. */
export interface Parts {
  readonly scopes: Set<string>
  /** The earliest stamp, the maker's own included; `null` where two cannot be compared, and nothing may be stored. */
  stamp: Time | null
}

/** All that is being made in one request. */
export type Making = Set<Parts>

/** Begins to collect, at the clock before the maker runs. */
export function begin(making: Making, stamp: Time): Parts {
  const parts: Parts = { scopes: new Set(), stamp }
  making.add(parts)
  return parts
}

/** A part was used by whatever is being made. `null`: its value is still to come, and with it its stamp. */
export function use(making: Making, scopes: readonly string[], stamp: Time | null): void {
  for (const parts of making) {
    for (const scope of scopes) parts.scopes.add(scope)
    if (stamp !== null && parts.stamp !== null) parts.stamp = earlier(parts.stamp, stamp)
  }
}

/** A part was used of which nobody knows what it belongs to: nothing that is being made may be stored. */
export function spoil(making: Making): void {
  for (const parts of making) parts.stamp = null
}
