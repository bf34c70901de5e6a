/**
 * The stories of whole apps must be able to go wrong: with one rule of what is shared left out, one of them does. Each
 * seed is one that finds its rule missing soon; most others need some hundred stories.
 */
import { afterEach, expect, test, vi } from 'vitest'
import type { Entry } from '../../src/entry/entry.ts'
import { explore, inTurns } from './explore.ts'

type Rule =
  | 'the scopes of a memo are those of what is made of it'
  | 'a memo that another call makes is judged as if it had been found'
  | 'a response that another request makes is judged as if it had been found'
  | 'tags that the body adds count'
  | 'the stamp is that of before the handler'
  | 'clears made here are seen through every replica'
  | 'what a failed clear covers is not used'
  | 'a variant is made of the values of its inputs'
  | 'who waits for what is not stored is let go'
  | 'a refresh is told to be over'

const rules = vi.hoisted(() => ({ leftOut: null as string | null }))
const leftOut = (rule: Rule): boolean => rules.leftOut === rule

vi.mock(import('../../src/protocol/collect.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    use(making, connection, part) {
      const scopes = leftOut('the scopes of a memo are those of what is made of it') ? [] : part.scopes
      real.use(making, connection, { ...part, scopes })
    },
  }
})

vi.mock(import('../../src/miss/sharing.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    mayTake: (...given) =>
      leftOut('a memo that another call makes is judged as if it had been found') || real.mayTake(...given),
  }
})

/** The scopes of what a flight has brought, by which they are known again. */
const landed = new WeakSet<readonly string[]>()

vi.mock(import('../../src/isolate/flights.ts'), async (original) => {
  const real = await original()
  return {
    createFlights(now) {
      const flights = real.createFlights(now)
      return {
        join: (...given) =>
          flights.join(...given)?.then((cargo) => {
            if (cargo) landed.add(cargo.entry.scopes)
            return cargo
          }),
        lead(...given) {
          const land = flights.lead(...given)
          if (!land || !leftOut('who waits for what is not stored is let go')) return land
          return (cargo) => cargo && land(cargo)
        },
      }
    },
  }
})

vi.mock(import('../../src/store/time.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    judge(stamp, scopes, ...seen) {
      const rule = 'a response that another request makes is judged as if it had been found'
      return leftOut(rule) && landed.has(scopes) ? 'valid' : real.judge(stamp, scopes, ...seen)
    },
  }
})

vi.mock(import('../../src/store/own-clears.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    withOwnClears(store, options) {
      const aware = real.withOwnClears(store, options)
      const lookUp: typeof aware.lookUp = async (query) => {
        if (leftOut('what a failed clear covers is not used')) return store.lookUp(query)
        const seen = await aware.lookUp(query)
        if (seen.suspended || !leftOut('clears made here are seen through every replica')) return seen
        return store.lookUp(query)
      }
      return { ...aware, lookUp }
    },
  }
})

vi.mock(import('../../src/miss/storable.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    toKeep(subject, entry: Omit<Entry, 'text'>, ...inputs) {
      const scopes = leftOut('tags that the body adds count')
        ? entry.scopes.filter((scope) => scope !== 't:late')
        : entry.scopes
      return real.toKeep(subject, { ...entry, scopes }, ...inputs)
    },
  }
})

vi.mock(import('../../src/protocol/keep.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    async keep(connection, subject, made, seconds) {
      if (!leftOut('the stamp is that of before the handler'))
        return real.keep(connection, subject, made, seconds)
      const stamp = await connection.store.begin()
      return real.keep(connection, subject, { ...made, entry: { ...made.entry, stamp } }, seconds)
    },
  }
})

vi.mock(import('../../src/learn/inputs.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    inputsOf: (...given) =>
      leftOut('a variant is made of the values of its inputs') ? () => null : real.inputsOf(...given),
  }
})

vi.mock(import('../../src/isolate/refreshes.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    createRefreshes(now) {
      const refreshes = real.createRefreshes(now)
      const begin: typeof refreshes.begin = (name) => {
        const done = refreshes.begin(name)
        return done && leftOut('a refresh is told to be over') ? () => {} : done
      }
      return { ...refreshes, begin }
    },
  }
})

inTurns()
afterEach(() => {
  rules.leftOut = null
})

const MOST_STORIES = 1_000
const COMPLAINT = /was given data read|was given \/\w of|is waited for|waits? for nothing|no longer cached/

test.each<[Rule, seed: string]>([
  ['the scopes of a memo are those of what is made of it', 'm'],
  ['a memo that another call makes is judged as if it had been found', 'k'],
  ['a response that another request makes is judged as if it had been found', 'b'],
  ['tags that the body adds count', 'j'],
  ['the stamp is that of before the handler', 'a'],
  ['clears made here are seen through every replica', 'd'],
  ['what a failed clear covers is not used', 'k'],
  ['a variant is made of the values of its inputs', 'b'],
  ['who waits for what is not stored is let go', 'b'],
  ['a refresh is told to be over', 'b'],
])('without the rule that %s', async (rule, seed) => {
  rules.leftOut = rule
  const { failure } = await explore(seed, MOST_STORIES)
  expect(failure).toMatch(COMPLAINT)
})
