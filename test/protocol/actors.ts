/**
 * Who takes part in a schedule, over the real `recall()`, `keep()` and `withOwnClears()`: a reader is one request
 * from its look-up to its commit, a clearer one call of `clear()`, a retrier the background work behind a failed one.
 */
import type { Entry, Heads } from '../../src/entry/entry.ts'
import { StoreError } from '../../src/errors.ts'
import type { Shapes } from '../../src/isolate/shape.ts'
import { union } from '../../src/key/names.ts'
import type { Subject } from '../../src/key/subject.ts'
import { keep, keepable } from '../../src/protocol/keep.ts'
import { recall } from '../../src/protocol/recall.ts'
import type { OwnClearsStore } from '../../src/store/own-clears.ts'
import { tagScope } from '../../src/store/scope.ts'
import type { Store } from '../../src/store/store.ts'
import type { Time } from '../../src/store/time.ts'
import type { FakeClock } from '../fixtures/clock.ts'
import { RedisError } from '../fixtures/resp.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import type { Hit, Oracle } from './oracle.ts'
import type { Scheduler } from './scheduler.ts'
import type { Route } from './site.ts'

/** Where requests run. Two of them share one Redis and nothing else. */
export interface Isolate {
  readonly index: number
  readonly store: OwnClearsStore
  readonly shapes: Shapes
  readonly heads: Heads
  /** By which failed clears are tried again. */
  readonly clock: FakeClock
}

/** What an actor finds around it. */
export interface Stage {
  readonly scheduler: Scheduler
  readonly random: Seeded
  readonly oracle: Oracle
  readonly isolate: Isolate
  /** The isolate's store as one request has it: where a mutant comes in. */
  readonly store: Store
  /** Told of every answer out of the cache. */
  readonly served: (answer: Answer) => void
}

export interface Answer extends Hit {
  readonly subject: Subject
  readonly entry: Entry
  /** The clock in the reply that decided. */
  readonly clock: Time
}

/** A response says how it was made. */
export interface Body {
  /** When its request began, and when its data was read: moments. */
  readonly started: number
  readonly read: number
  /** What its handler read of the request. */
  readonly inputs: readonly (readonly [name: string, value: string | null])[]
}

export const bodyOf = (entry: Pick<Entry, 'body'>): Body => JSON.parse(String(entry.body))

const FRESH = 10
/** Some entries outlive the fences that short ones leave. */
const LIFETIMES = [10, 10, 259_200]

export async function request(stage: Stage, route: Route, subject: Subject): Promise<void> {
  const { scheduler, random, isolate, store } = stage
  const { shapes, heads } = isolate
  const started = stage.oracle.tick()
  const startedAt = stage.oracle.wall()
  scheduler.note(() => `@${started} asks for ${subject.key}, scopes ${subject.scopes.join(' ')}`)

  const found = await recall({ store, shapes, heads, deadline: 1e9 }, subject, () => random.chance(0.8))
  scheduler.note(() => found.outcome)
  if (found.outcome === 'suspended' || found.outcome === 'unkeyed') return

  let made: Made | undefined
  if (found.outcome === 'found') {
    serve(stage, subject, { started, startedAt }, found)
    // Mostly that was all. Else it was stale by the wall clock: it is made anew, or a 304 says that it is still good.
    if (random.chance(0.7)) return
    if (random.chance(0.3)) made = await revalidate(stage, found.entry)
  }
  made ??= await runHandler(stage, route, subject, started, found.stamp)

  const entry = { ...made.entry, scopes: union(subject.scopes, made.entry.scopes) }
  const seconds = random.pick(LIFETIMES)
  const { outcome } = await keep(
    { store, shapes },
    subject,
    keepable(subject, entry, made.inputs, found.inputs)!,
    seconds,
  )
  scheduler.note(() => `commit: ${outcome}`)
}

interface Made {
  readonly entry: Omit<Entry, 'text'>
  readonly inputs: readonly string[]
}

function serve(
  { scheduler, isolate, served }: Stage,
  subject: Subject,
  begun: Pick<Answer, 'started' | 'startedAt'>,
  { entry, stamp: clock }: { entry: Entry; stamp: Time },
): void {
  const { position, latest } = scheduler.current
  const scopes = union(subject.scopes, entry.scopes)
  served({
    isolate: isolate.index,
    ...begun,
    read: bodyOf(entry).read,
    scopes,
    position,
    latest,
    subject,
    entry,
    clock,
  })
}

/** The entry keeps its stamp: only its freshness begins again. */
async function revalidate({ scheduler }: Stage, entry: Entry): Promise<Made> {
  await scheduler.pause('revalidation')
  return { entry, inputs: bodyOf(entry).inputs.map(([name]) => name) }
}

/** Reads its data at some moment after it was called, and takes its time on either side. */
async function runHandler(
  { scheduler, random, oracle }: Stage,
  route: Route,
  subject: Subject,
  started: number,
  stamp: Time,
): Promise<Made> {
  await scheduler.pause('handler')
  const read = oracle.tick()
  const inputs = route.inputs.filter(() => random.chance(0.4))
  const scopes = route.handlerTags.filter(() => random.chance(0.7)).map(tagScope)
  scheduler.note(
    () => `@${read} handler reads the data; adds ${[...scopes, ...inputs].join(' ') || 'nothing'}`,
  )
  await scheduler.pause('handler')
  const body: Body = {
    started,
    read,
    inputs: inputs.map((name) => [name, subject.valueOf(name, inputs) ?? null]),
  }
  const entry = {
    stamp,
    scopes,
    status: 200,
    headers: [],
    made: 0,
    age: 0,
    fresh: FRESH,
    body: JSON.stringify(body),
  }
  return { entry, inputs }
}

export async function clear(stage: Stage, scopes: readonly string[]): Promise<void> {
  const { scheduler, oracle, isolate, store } = stage
  const called = oracle.tick()
  scheduler.note(() => `@${called} clears ${scopes.join(' ')}`)
  const made = await store.clear(scopes).then(
    () => true,
    (error: unknown) => {
      ignoreLoss(error)
      return false
    },
  )
  const { name: who, position } = scheduler.current
  const settled = oracle.tick()
  const settledAt = oracle.wall()
  oracle.clears.push({ who, isolate: isolate.index, scopes, called, settled, settledAt, made, position })
  scheduler.note(() => `@${settled} clear of ${scopes.join(' ')}: ${made}`)
}

export async function retry({ scheduler, isolate }: Stage): Promise<void> {
  scheduler.note(() => `tries to clear again: ${isolate.store.pending().join(' ') || 'nothing'}`)
  isolate.clock.advance(LONGEST_PAUSE)
  await isolate.store.retry()
}

/** Seconds after which a failed clear is due again, whatever it has been through. */
const LONGEST_PAUSE = 31

/** A request lost on its way, there or back. */
export class Lost extends Error {}

/** Requests may fail of what is done to the store; anything else is a mistake, in the test or in the library. */
export function ignoreLoss(error: unknown): void {
  if (!(error instanceof Lost || error instanceof RedisError || error instanceof StoreError)) throw error
}
