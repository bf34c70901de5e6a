/**
 * One random schedule: a handful of requests and clears in two isolates, begun one after the other, and at every
 * step the choice of who goes on, whose request is lost, who crashes, and what befalls the store.
 */
import { createShapes } from '../../src/isolate/shape.ts'
import { type NearOptions, withNear } from '../../src/store/near.ts'
import { type OwnClearsOptions, type OwnClearsStore, withOwnClears } from '../../src/store/own-clears.ts'
import type { Snapshot, Store } from '../../src/store/store.ts'
import { fakeClock } from '../fixtures/clock.ts'
import { type Seeded, seeded } from '../fixtures/seeded.ts'
import { type Answer, bodyOf, clear, type Isolate, ignoreLoss, request, retry, type Stage } from './actors.ts'
import { type Clear, Oracle } from './oracle.ts'
import { type Actor, Scheduler, type Waiting } from './scheduler.ts'
import { type Route, SITES, somethingToClear, visit } from './site.ts'
import type { CreateWorld, World } from './world.ts'

export interface Rules {
  /** Turns the store of one request into one that lacks a rule. */
  readonly store?: (store: Store) => Store
  /** Leaves the isolates without a memory of their own clears. */
  readonly forgetful?: boolean
  /** Puts copies into the isolates. */
  readonly near?: Near
  /** Answers that the protocol promises nothing about, as far as that clear goes. */
  readonly excused?: (answer: Answer, clear: Clear) => boolean
}

export interface Near {
  /** The window. */
  readonly seconds: number
  /** Puts an isolate's store together in another way than the library does. */
  readonly assemble?: typeof withCopies
}

export interface Run {
  /** What was wrong, and with which answer; `null` where every answer was allowed. */
  readonly complaint: string | null
  readonly answers: number
  /** Look-ups that copies have answered. */
  readonly copies: number
  readonly clears: number
  readonly transcript: readonly string[]
}

export async function runSchedule(
  seed: string,
  createWorld: CreateWorld,
  rules: Rules = {},
  recording = false,
): Promise<Run> {
  const random = seeded(seed)
  const scheduler = new Scheduler(recording)
  const wall = fakeClock()
  const oracle = new Oracle(wall, rules.near?.seconds)
  const world = await createWorld({ scheduler, random })
  const isolates = [0, 1].map((index) =>
    createIsolate(index, world, scheduler, wall, { ...rules, copied: () => copies++ }),
  )

  let complaint: string | null = null
  let answers = 0
  let copies = 0
  const served = (answer: Answer) => {
    answers++
    complaint ??= complaintAbout(answer, oracle, rules)
  }

  const site = random.pick(SITES)
  const favourite = somethingToClear(site, random)
  const enter = () => {
    const isolate = random.pick(isolates)
    const store = rules.store?.(isolate.store) ?? isolate.store
    return startOne({ scheduler, random, oracle, isolate, store, served }, site, favourite, toCome)
  }

  let toCome = 6 + random.int(14)
  const troubled = random.pick([0, 0.05, 0.2])
  while (complaint === null && (toCome > 0 || scheduler.waiting.length > 0)) {
    if (rules.near) wall.advance(random.pick([0, 0, 0, 1, 3]))
    if (random.chance(troubled)) await strike(world, random, scheduler)
    else if (toCome > 0 && (scheduler.waiting.length === 0 || random.chance(0.2))) {
      toCome--
      await enter()
    } else if (scheduler.waiting.length > 0) await goOn(scheduler, random)
  }
  scheduler.note(() => complaint ?? 'nothing to complain of', 'oracle')
  return { complaint, answers, copies, clears: oracle.clears.length, transcript: scheduler.transcript }
}

function createIsolate(
  index: number,
  world: World,
  scheduler: Scheduler,
  wall: () => number,
  { forgetful, near, copied }: Rules & { copied(): void },
): Isolate {
  const clock = fakeClock()
  const sleep = async (ms: number) => {
    await scheduler.pause('pause before another attempt')
    clock.advance(ms / 1000)
  }
  const connected = world.connect()
  const times = { now: clock, sleep }
  if (near) {
    const { seconds, assemble = withCopies } = near
    const [below, above] = dated(scheduler, copied)
    const store = above(assemble(below(connected), { seconds, now: wall }, times))
    return { index, store, shapes: createShapes(), heads: new Map(), clock }
  }
  const aware = withOwnClears(connected, times)
  const store = forgetful ? { ...aware, ...connected } : aware
  return { index, store, shapes: createShapes(), heads: new Map(), clock }
}

/** As `connect()` does it. */
function withCopies(connected: Store, near: NearOptions, times: OwnClearsOptions): OwnClearsStore {
  return withOwnClears(withNear(connected, near), times)
}

/** What is put below and above a near tier, so that an answer out of it knows where in the history it was true. */
function dated(scheduler: Scheduler, copied: () => void) {
  const dates = new WeakMap<readonly string[], Pick<Actor, 'position' | 'latest'>>()
  return [
    (store: Store): Store => ({
      ...store,
      async lookUp(query) {
        const reply = await store.lookUp({ ...query, scopes: [...query.scopes] })
        const { position, latest } = scheduler.current
        dates.set(reply.scopes, { position, latest })
        return reply
      },
    }),
    (store: OwnClearsStore): OwnClearsStore => {
      const seen = (snapshot: Snapshot): Snapshot => {
        if (snapshot.near) copied()
        Object.assign(scheduler.current, dates.get(snapshot.scopes))
        return snapshot
      }
      return {
        ...store,
        atHand(query) {
          const snapshot = store.atHand(query)
          return snapshot && seen(snapshot)
        },
        lookUp: async (query) => seen(await store.lookUp(query)),
      }
    },
  ] as const
}

function startOne(
  stage: Stage,
  site: readonly Route[],
  favourite: readonly string[],
  number: number,
): Promise<void> {
  const { random, scheduler, isolate } = stage
  const slow = random.chance(0.3)
  const begin = (kind: string, work: () => Promise<void>) =>
    scheduler.start({ name: `${kind} ${number}/${isolate.index}`, slow, position: 0, latest: 0 }, () =>
      work().catch(ignoreLoss),
    )

  if (isolate.store.pending().length > 0 && random.chance(0.3)) return begin('retrier', () => retry(stage))
  if (random.chance(0.2)) {
    const scopes = random.chance(0.6) ? favourite : somethingToClear(site, random)
    return begin('clearer', () => clear(stage, scopes))
  }
  const route = random.pick(site)
  return begin('reader', () => request(stage, route, visit(route, random)))
}

async function goOn(scheduler: Scheduler, random: Seeded): Promise<void> {
  const waiting = next(scheduler.waiting, random)
  if (random.chance(0.01)) {
    scheduler.note(() => `crashes: ${waiting.what}`, waiting.actor.name)
    scheduler.drop(waiting)
  } else await scheduler.resume(waiting, random.chance(0.03) ? 'lost' : 'comes')
}

/** Mostly not a slow one, unless they all are. */
function next(waiting: readonly Waiting[], random: Seeded): Waiting {
  let picked = random.pick(waiting)
  for (let i = 0; i < 5 && picked.actor.slow; i++) picked = random.pick(waiting)
  return picked
}

async function strike({ disasters }: World, random: Seeded, scheduler: Scheduler): Promise<void> {
  const what = await random.pick(disasters)()
  scheduler.note(() => what, '***')
}

function complaintAbout(answer: Answer, oracle: Oracle, { excused }: Rules): string | null {
  const { subject, entry, started, read } = answer
  const foreign = bodyOf(entry).inputs.find(([name, value]) => subject.valueOf(name, []) !== value)
  if (foreign) return `${subject.key} was answered with what was made for ${foreign.join(' = ')}`
  const clear = oracle.forbids(answer, (clear) => excused?.(answer, clear) ?? false)
  if (!clear) return null
  return `the request of @${started} was answered with data read @${read}, although ${clear.who} cleared it @${clear.called}–${clear.settled}`
}
