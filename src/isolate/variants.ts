/**
 * A route whose every request makes a new variant has learned an input that no two requests share: a random id, a
 * time. Storing them fills the store and hits nothing. After sixteen in a row, no two of the same values, it stops for a
 * minute. The same values at another URL, or once more when their variant has expired, are nothing new.
 *
 * Counted by the path of the route that answers, since one `cache()` may stand above many: a route of the group must not
 * stop the others. An app has a bounded number of them.
 */

import { left, type Span } from '../store/span.ts'

export interface Variants {
  /** A variant of known inputs was stored, for these values of theirs. */
  made(path: string, values: string, now: number): void
  hit(path: string): void
  /** Whether the route has stopped storing. */
  stopped(path: string, now: number): boolean
}

const MOST_IN_A_ROW = 16
const STOP_MS = 60_000

export function createVariants(): Variants {
  /** The values in a row, and for how long nothing is stored. */
  const routes = new Map<string, { inARow: readonly string[]; stopped?: Span | undefined }>()
  return {
    made(path, values, now) {
      const { inARow, stopped } = routes.get(path) ?? { inARow: [] }
      if (inARow.includes(values)) return
      if (inARow.length + 1 < MOST_IN_A_ROW) routes.set(path, { inARow: [...inARow, values], stopped })
      else routes.set(path, { inARow: [], stopped: { since: now, ms: STOP_MS } })
    },
    hit(path) {
      routes.delete(path)
    },
    stopped: (path, now) => left(routes.get(path)?.stopped, now) > 0,
  }
}
