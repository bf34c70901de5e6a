/**
 * Leases: of the misses of one key in many isolates, one runs the handler.
 *
 * The holder of the lease makes the entry; the others look for it with growing pauses, and take the lease themselves
 * as soon as it is free. Nobody waits longer than the lease lasts, so a holder that dies costs that and no more; a
 * store that gives no answer costs nothing, since then there is no lease.
 */

import { residence } from '../entry/freshness.ts'
import { mayReuse } from '../http/reuse.ts'
import type { Land } from '../isolate/flights.ts'
import { nameOf } from '../key/subject.ts'
import { type Found, recall } from '../protocol/recall.ts'
import { reportFailure } from '../state.ts'
import { leaseName } from '../store/scope.ts'
import { left, type Span } from '../store/span.ts'
import type { Before, Visit } from '../visit.ts'
import { answerShared } from './sharing.ts'

/** Gives a lease back. */
type Release = () => void

const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 250

/**
 * Takes the lease of what the request will find: nobody waits for who makes another variant. `null` where somebody else
 * has it. Where the store fails there is none to wait for.
 */
export async function takeLease(
  { route, connection, state, report }: Visit,
  { subject, recorded }: Before,
): Promise<Release | null> {
  const { store } = connection
  const name = leaseName(nameOf(subject, recorded))
  try {
    const id = crypto.randomUUID()
    // Redis refuses one of no time, which a route may ask for whose requests are not to wait.
    if (!(await store.lease(name, id, Math.ceil(route.coalesceWait * 1000) || 1))) return null
    return () => {
      const released = store.release(name, id)
      state.background(released.catch((cause) => reportFailure('lease', cause, report)))
    }
  } catch (cause) {
    reportFailure('lease', cause, report)
    return () => {}
  }
}

/**
 * Waits until the lease is had, or the request has been answered with what its holder has made.
 *
 * @param patience for how long the request waits, for others in this isolate too
 * @param land ends the flight that the request leads
 * @returns `'answered'`, and the flight has ended; else what ends it, and gives the lease back where that came in time
 */
export async function leaseOrAnswer(
  visit: Visit,
  before: Before,
  patience: Span,
  land: Land,
): Promise<'answered' | Land> {
  let release = await takeLease(visit, before)
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (release) return landing(land, release)
    if (left(patience, Date.now()) < pause) return land
    await new Promise((resolve) => setTimeout(resolve, pause))
    // The lease first: given back between the two, it would be had although the entry is there.
    release = await takeLease(visit, before)
    const found = await answerFromStore(visit, before)
    if (found) {
      release?.()
      land({ entry: found.entry, inputs: found.inputs, found: true })
      return 'answered'
    }
  }
}

/** Answers with an entry that has appeared since. */
async function answerFromStore(visit: Visit, before: Before): Promise<Found | null> {
  const { connection, demands } = visit
  try {
    const found = await recall(connection, before.subject)
    if (found.outcome !== 'found') return null
    const { entry } = found
    if (mayReuse(entry, residence(entry, Date.now()), demands).use !== 'fresh') return null
    return answerShared(visit, before, entry) ? found : null
  } catch {
    return null
  }
}

/** Ends the flight and gives the lease back, once what was made is where others look for it. */
const landing =
  (land: Land, release: Release): Land =>
  (cargo) => {
    land(cargo)
    if (!cargo) release()
  }
