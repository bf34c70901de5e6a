/**
 * Coalescing: of the concurrent misses of one key in one isolate, the first runs the handler and the others wait for
 * what it makes.
 *
 * They are handed an entry, never a stream or a promise of another request without a deadline: on Workers the request
 * that leads may be gone. Whether they may share it is for them to judge. Where a flight brings nothing all are let go
 * at once, and for a few seconds nobody waits for that key again; unless that is only about whoever led it.
 */

import type { Entry } from '../entry/entry.ts'
import { within } from '../store/deadline.ts'
import { left, type Span } from '../store/span.ts'
import { createRecent } from './recent.ts'

/** What a flight brings. */
export interface Cargo {
  readonly entry: Entry
  /** The inputs on which the entry's text depends, beyond the subject's. */
  readonly inputs: readonly string[]
  /** How many clears this isolate had made when the flight began. */
  readonly clears: number
  /** Set where it was found in the store after all, and not made here. */
  readonly found?: boolean
}

/** Ends a flight. Only the first call counts. With `undefined` it brings nothing, and the next one may. */
export type Land = (cargo: Omit<Cargo, 'clears'> | null | undefined) => void

export interface Flights {
  /**
   * Waits for the flight of the entry of that name, for at most `ms` milliseconds. `null`: it brought nothing in time;
   * `undefined`: there is none to wait for, or it was given up.
   */
  join(name: string, ms: number): Promise<Cargo | null | undefined> | undefined
  /**
   * Begins a flight; `undefined` where there is one, or where flights of that name bring nothing.
   *
   * @param keepAlive is handed the end of it
   */
  lead(
    name: string,
    ms: number,
    clears: number,
    keepAlive: (landing: Promise<unknown>) => void,
  ): Land | undefined
}

/** Past its span nobody waits for it any more: its request may be gone. */
interface Flight extends Span {
  readonly landing: Promise<Cargo | null | undefined>
}

const FRUITLESS_MS = 5_000
const MOST = 10_000

export function createFlights(now: () => number): Flights {
  const flights = createRecent<Flight>(MOST)
  /** Name → for how long flights are not worth waiting for. */
  const fruitless = createRecent<Span>(MOST)

  return {
    join(name, ms) {
      const flight = flights.get(name)
      const longest = Math.min(ms, left(flight, now()))
      return longest > 0 ? within(longest, flight!.landing).catch(() => null) : undefined
    },

    lead(name, ms, clears, keepAlive) {
      const since = now()
      if (left(fruitless.get(name), since) > 0 || left(flights.get(name), since) > 0) return undefined
      let land: (cargo: Cargo | null | undefined) => void = () => {}
      const landing = new Promise<Cargo | null | undefined>((resolve) => {
        land = resolve
      })
      // On Workers, a client that hangs up ends its request, and with it what others wait for.
      keepAlive(landing)
      const flight = { since, ms, landing }
      flights.set(name, flight)
      return (cargo) => {
        land(cargo && { ...cargo, clears })
        if (flights.get(name) !== flight) return
        flights.delete(name)
        if (cargo === null) fruitless.set(name, { since: now(), ms: FRUITLESS_MS })
      }
    },
  }
}
