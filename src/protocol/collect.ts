/**
 * What a response is made of: the scopes and the earliest stamp of every cached part that went into it. So clearing
 * a memo's tag clears the pages made from it, and a page is no newer than its oldest part.
 *
 * Parts run side by side and nothing tells which of them used which, so each goes to all that are being made in the
 * same request: too many scopes at worst, never too few. Where that is made over another connection, its fences know
 * nothing of the part's scopes, and it may not be stored.
 */

import { earlier, type Time } from '../store/time.ts'

/** What one response, or one memo, is made of. */
export interface Parts {
  /** The connection over which it is to be stored. */
  readonly connection: object
  readonly scopes: Set<string>
  /** The earliest stamp, the maker's own included; `null` where two cannot be compared, and nothing may be stored. */
  stamp: Time | null
}

/** All that is being made in one request. */
export type Making = Set<Parts>

/** Begins to collect, at the clock before the maker runs. */
export function begin(making: Making, connection: object, stamp: Time): Parts {
  const parts: Parts = { connection, scopes: new Set(), stamp }
  making.add(parts)
  return parts
}

/** What a part hands on. */
export interface Part {
  readonly scopes: readonly string[]
  /** `null`: its value is still to come, and with it its stamp. */
  readonly stamp: Time | null
}

/**
 * A part was used by whatever is being made.
 *
 * @param connection over which the part was found or made, if there is one
 */
export function use(making: Making, connection: object | null, { scopes, stamp }: Part): void {
  for (const parts of making) {
    for (const scope of scopes) parts.scopes.add(scope)
    if (parts.connection !== connection) parts.stamp = null
    else if (stamp !== null && parts.stamp !== null) parts.stamp = earlier(parts.stamp, stamp)
  }
}

/** A part was used of which nobody knows what it belongs to: nothing that is being made may be stored. */
export function spoil(making: Making): void {
  for (const parts of making) parts.stamp = null
}
