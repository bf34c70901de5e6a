/**
 * Refreshes behind an answer: one at a time for each key in an isolate.
 */

export interface Refreshes {
  isUnderWay(name: string): boolean
  /** What to call at the end of a refresh; `undefined` where one of the entry of that name is under way. */
  begin(name: string): (() => void) | undefined
}

/** A refresh that nobody has finished by then has died with its request. */
const LONGEST_MS = 30_000
const MOST = 1_000

export function createRefreshes(now: () => number): Refreshes {
  /** Name → until when its refresh is taken to be under way. */
  const underWay = new Map<string, number>()
  const isUnderWay = (name: string): boolean => (underWay.get(name) ?? 0) > now()
  return {
    isUnderWay,
    begin(name) {
      if (isUnderWay(name)) return undefined
      // Those that died with their request stay here until others need the room.
      if (underWay.size >= MOST) underWay.delete(underWay.keys().next().value!)
      const until = now() + LONGEST_MS
      underWay.set(name, until)
      return () => {
        // This one may have been taken for dead, and another be under way.
        if (underWay.get(name) === until) underWay.delete(name)
      }
    },
  }
}
