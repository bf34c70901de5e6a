/**
 * How long fences live, in seconds. What is too short costs a miss; what is too long costs a few bytes.
 */

import { isBroad } from './scope.ts'
import type { Write } from './store.ts'

const DAY = 86_400

/**
 * For the fence of `scope`: that of everything or of a namespace lives 60 days from when it was written, any other
 * one day longer than the longest of `writes`, the entries it is written for. A clear writes none. A fence that would
 * end before an entry of more than a day is given its lifetime anew with that entry.
 */
export function fenceLifetime(scope: string, writes: readonly Write[] = []): number {
  if (isBroad(scope)) return 60 * DAY
  return Math.max(0, ...writes.map(({ seconds }) => seconds)) + DAY
}
