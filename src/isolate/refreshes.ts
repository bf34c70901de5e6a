/**
 * Refreshes behind an answer: one at a time for each key in an isolate.
 */

import { left, type Span } from '../store/span.ts'
import { createRecent } from './recent.ts'

export interface Refreshes {
  isUnderWay(name: string): boolean
  /**
   * What to call at the end of a refresh, with the milliseconds for which no other is to begin; `undefined` where one of
   * the entry of that name is under way.
   */
  begin(name: string): ((rest?: number) => void) | undefined
}

/** A refresh that nobody has finished by then has died with its request. */
const LONGEST_MS = 30_000
const MOST = 1_000
/**
 * What takes longer may have been frozen with its process, after it had read what the answer is made of: that would be
 * taken for new, and replace what others have made meanwhile.
 */
export const MOST_REFRESH_MS = 60_000

export function createRefreshes(now: () => number): Refreshes {
  /** Name → for how long its refresh is taken to be under way. */
  const underWay = createRecent<Span>(MOST)
  const isUnderWay = (name: string): boolean => left(underWay.get(name), now()) > 0
  return {
    isUnderWay,
    begin(name) {
      if (isUnderWay(name)) return undefined
      const refresh = { since: now(), ms: LONGEST_MS }
      // Those that died with their request stay here until others need the room.
      underWay.set(name, refresh)
      return (rest = 0) => {
        // This one may have been taken for dead, and another be under way.
        if (underWay.get(name) !== refresh) return
        if (rest > 0) underWay.set(name, { since: now(), ms: rest })
        else underWay.delete(name)
      }
    },
  }
}
