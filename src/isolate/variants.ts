/**
 * A route whose every request makes a new variant has learned an input that no two requests share: a random id, a
 * time. Storing them fills the store and hits nothing. After sixteen in a row, no two of the same values, it stops for a
 * minute. The same values at another URL, or once more when their variant has expired, are nothing new.
 *
 * A stranger can make up sixteen values, too. So values that are asked for once more while it is stopped are stored: no
 * random id comes twice, and what others share costs them one miss more, not one with each request.
 *
 * Counted by the path of the route that answers, since one `cache()` may stand above many: a route of the group must not
 * stop the others. An app has a bounded number of them.
 */

import { left, type Span } from '../store/span.ts'
import { createRecent, type Recent } from './recent.ts'

export interface Variants {
  /** A variant of known inputs was stored, for these values of theirs. */
  made(path: string, values: string, now: number): void
  hit(path: string): void
  /** Whether the route has stopped storing, and is asked for these values for the first time since. */
  stopped(path: string, values: () => string, now: number): boolean
}

interface Stop extends Span {
  /** What was asked for since. */
  readonly asked: Recent<true>
}

const MOST_IN_A_ROW = 16
const STOP_MS = 60_000
const MOST_ASKED = 1_000

export function createVariants(): Variants {
  /** The values in a row, and for how long nothing is stored. */
  const routes = new Map<string, { inARow: readonly string[]; stopped?: Stop | undefined }>()
  return {
    made(path, values, now) {
      const { inARow, stopped } = routes.get(path) ?? { inARow: [] }
      if (inARow.includes(values)) return
      if (inARow.length + 1 < MOST_IN_A_ROW) routes.set(path, { inARow: [...inARow, values], stopped })
      else
        routes.set(path, {
          inARow: [],
          stopped: { since: now, ms: STOP_MS, asked: createRecent(MOST_ASKED) },
        })
    },
    hit(path) {
      routes.delete(path)
    },
    stopped(path, valuesOf, now) {
      const stopped = routes.get(path)?.stopped
      if (!stopped || left(stopped, now) === 0) return false
      const values = valuesOf()
      if (stopped.asked.get(values)) return false
      stopped.asked.set(values, true)
      return true
    },
  }
}
