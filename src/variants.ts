/**
 * A route whose every request makes a new variant has learned an input that no two requests share: a random id, a
 * time. Storing them fills the store and hits nothing. After sixteen in a row it stops for a minute.
 */

export interface Variants {
  /** A new variant of known inputs was stored. */
  made(now: number): void
  hit(): void
  /** Whether the route has stopped storing. */
  stopped(now: number): boolean
}

const MOST_IN_A_ROW = 16
const STOP_MS = 60_000

export function createVariants(): Variants {
  let inARow = 0
  let stoppedUntil = 0
  return {
    made(now) {
      if (++inARow < MOST_IN_A_ROW) return
      inARow = 0
      stoppedUntil = now + STOP_MS
    },
    hit() {
      inARow = 0
      stoppedUntil = 0
    },
    stopped: (now) => now < stoppedUntil,
  }
}
