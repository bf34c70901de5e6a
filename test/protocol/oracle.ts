/**
 * Knows every clear, and which answers promise 2 forbids after it. It knows nothing of times, fences or stamps.
 */

/** A call of `clear()` that came to an end. */
export interface Clear {
  readonly who: string
  readonly isolate: number
  readonly scopes: readonly string[]
  /** Moments, as `tick` counts them. */
  readonly called: number
  readonly settled: number
  /** When that was by the wall clock. */
  readonly settledAt: number
  /** Whether it said that it was made. */
  readonly made: boolean
  /** Where in the history of Redis it was. */
  readonly position: number
}

/** An answer out of the cache. */
export interface Hit {
  readonly isolate: number
  /** When the request that it answers began. */
  readonly started: number
  /** When that was by the wall clock. */
  readonly startedAt: number
  /** When the data in it was read. */
  readonly read: number
  /** Those of the entry and those of the request. */
  readonly scopes: readonly string[]
  /** Up to where in the history of Redis the server knew that answered the look-up. */
  readonly position: number
  /** Up to where that history then went. */
  readonly latest: number
}

export class Oracle {
  readonly clears: Clear[] = []
  /** The wall clock. */
  readonly wall: () => number
  readonly #window: number
  #now = 0

  /** @param window seconds after which, by the wall clock, clears made elsewhere have to be seen */
  constructor(wall: () => number, window = 0) {
    this.wall = wall
    this.#window = window * 1000
  }

  tick(): number {
    return ++this.#now
  }

  /** A clear that should have kept this answer from being given, unless the protocol is excused. */
  forbids(hit: Hit, isExcused: (clear: Clear) => boolean): Clear | undefined {
    return this.clears.find(
      (clear) =>
        hit.read < clear.called &&
        clear.settled < hit.started &&
        clear.scopes.some((scope) => hit.scopes.includes(scope)) &&
        // An isolate sees its own clears through any replica, and those that failed it bypasses until they are made.
        (clear.isolate === hit.isolate || (clear.made && this.#hadToBeSeen(clear, hit))) &&
        !isExcused(clear),
    )
  }

  #hadToBeSeen(clear: Clear, { startedAt, position, latest }: Hit): boolean {
    const wasBehind = position < clear.position && clear.position <= latest
    return !wasBehind && clear.settledAt + this.#window <= startedAt
  }
}
