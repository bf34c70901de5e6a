/**
 * The protocol with one of its rules left out, for each rule of the table "What each rule prevents".
 *
 * A mutant changes the scripts that the simulated Redis runs, or what a request sees of its store; the code of the
 * library is the same.
 */
import { decode, encodeEntry, isRecord } from '../../src/entry/entry.ts'
import type { Commit, Query, Snapshot, Store } from '../../src/store/store.ts'
import { countOf, epochOf, passes, type Time, timeOf } from '../../src/store/time.ts'
import type { Rules } from './schedule.ts'
import { commit, creators, SCRIPTS, type Script, split, write } from './transcriptions.ts'
import type { Simulation } from './worlds.ts'

export type Mutant = Pick<Simulation, 'scripts' | 'epoch'> & Pick<Rules, 'store' | 'forgetful'>

/** A time that passes against everything of its clock. */
const first = (clock: Time | null): Time | null => clock && timeOf(epochOf(clock)!, 0)

/** Changes what look-ups say. */
const seeing =
  (change: (seen: Snapshot, query: Query) => Snapshot) =>
  (store: Store): Store => ({
    ...store,
    lookUp: async (query) => change(await store.lookUp(query), query),
  })

const withFences = (
  seen: Snapshot,
  fenceOf: (fence: Time | null, scope: string) => Time | null,
): Snapshot => ({
  ...seen,
  fences: seen.fences.map((fence, i) => fenceOf(fence, seen.scopes[i]!)),
})

/** The entry that a reply brought, if it did. */
function entryOf({ entries }: Snapshot) {
  const decoded = decode(entries.at(-1))
  return decoded && !isRecord(decoded) ? decoded : null
}

export const stampAfterTheHandler: Mutant = {
  store: (store) => ({
    ...store,
    async commit(commit: Commit) {
      const stamp = await store.begin()
      const restamp = (value: string) => {
        const decoded = decode(value)
        return decoded && !isRecord(decoded) ? encodeEntry({ ...decoded, stamp }) : value
      }
      const writes = commit.writes.map((one) => ({ ...one, value: restamp(one.value) }))
      return store.commit({ ...commit, stamp, writes })
    },
  }),
}

export const missingFencePasses: Mutant = {
  store: seeing((seen) => withFences(seen, (fence) => fence ?? first(seen.clock))),
}

/** The commit of src/store/scripts.ts, as it would be with other answers to some of its questions. */
const commitWith =
  ({
    createdAt = (now) => now,
    mayBeBehind = false,
    sameEpoch = (a, b) => a === b,
  }: {
    createdAt?: (now: Time, stamp: Time) => Time
    mayBeBehind?: boolean
    sameEpoch?: (a: string, b: string) => boolean
  }): Script =>
  (redis, keys, args) => {
    const clock = redis.get(keys[0]!)
    const now = split(clock)
    const stamp = split(args[0]!)!
    if (!now || !sameEpoch(now.epoch, stamp.epoch)) return 'lost'
    if (!mayBeBehind && now.count < stamp.count) return 'lost'
    let cleared = false
    keys.slice(1, 1 + Number(args[1])).forEach((key, i) => {
      let fence = redis.get(key)
      if (!split(fence) || !sameEpoch(split(fence)!.epoch, stamp.epoch)) {
        fence = createdAt(clock!, args[0]!)
        redis.set(key, fence, Number(args[2 + i]))
      }
      if (split(fence)!.count > stamp.count) cleared = true
    })
    if (cleared) return 'cleared'
    write(redis, keys, args)
    return 'stored'
  }

export const fenceCreatedAtTheStamp: Mutant = {
  scripts: { commit: commitWith({ createdAt: (_, stamp) => stamp }) },
}

/** A clear of a key puts its time in the entry's place; a commit looks for it there. */
export const tombstoneForAKey: Mutant = {
  store: (store) => ({
    ...seeing((seen) => withFences(seen, (fence, scope) => (isKey(scope) ? first(seen.clock) : fence)))(
      store,
    ),
    clear: (scopes) => store.clear(scopes.map((scope) => (isKey(scope) ? `e${scope.slice(1)}` : scope))),
    commit: (commit) => store.commit({ ...commit, scopes: commit.scopes.filter((scope) => !isKey(scope)) }),
  }),
  scripts: {
    commit(redis, keys, args) {
      const name = keys[1 + Number(args[1])]!
      const tombstone = split(redis.get(name))
      if (tombstone && tombstone.count > split(args[0]!)!.count) return 'cleared'
      return commit(redis, keys, args)
    },
  },
}

const isKey = (scope: string) => scope.startsWith('k:')

export const scopesOfTheEntryOnly: Mutant = {
  store: seeing((seen) => {
    const entry = entryOf(seen)
    if (!entry) return seen
    return withFences(seen, (fence, scope) => (entry.scopes.includes(scope) ? fence : first(entry.stamp)))
  }),
}

/** The second look-up asks only for what the first reply lacked, and the two replies decide together. */
export const twoRepliesDecide: Mutant = {
  store(store) {
    let before: (Snapshot & { of: string }) | undefined
    return {
      ...store,
      async lookUp(query) {
        const of = query.entries.join()
        if (before?.of !== of) {
          const seen = await store.lookUp(query)
          before = { ...seen, of }
          return seen
        }
        const { entries, clock, scopes, fences } = before
        const missing = query.scopes.filter((scope) => !scopes.includes(scope))
        const seen = await store.lookUp({ entries: [], scopes: missing })
        return {
          ...seen,
          entries,
          clock,
          scopes: [...scopes, ...missing],
          fences: [...fences, ...seen.fences],
        }
      },
    }
  },
}

/** Only counts are compared. */
export const epochsAreIgnored: Mutant = {
  scripts: { commit: commitWith({ sameEpoch: () => true }) },
  store: seeing((seen) => {
    const entry = entryOf(seen)
    const inEpochOfEntry = (time: Time | null) => time && timeOf(epochOf(entry!.stamp)!, countOf(time))
    if (!entry) return seen
    return { ...withFences(seen, inEpochOfEntry), clock: inEpochOfEntry(seen.clock) }
  }),
}

/** A clear of everything begins the epoch that its request names. */
export const everythingIsANewEpoch: Mutant = {
  scripts: {
    clear(redis, keys, args) {
      if (!keys.slice(2).includes(keys[1]!)) return SCRIPTS.clear(redis, keys, args)
      const now = `${args[0]}:0`
      redis.set(keys[0]!, now)
      return now
    },
  },
}

export const epochIsNotFresh: Mutant = { epoch: () => 'e' }

export const epochsAreNotNumbered: Mutant = { scripts: creators((_, random) => random) }

export const ownClearsAreForgotten: Mutant = { forgetful: true }

/** Needs a failover to be seen. */
export const clockMayBeBehindTheStamp: Mutant = {
  scripts: { commit: commitWith({ mayBeBehind: true }) },
  store: seeing((seen) => {
    const stamp = entryOf(seen)?.stamp
    return seen.clock && stamp && passes(stamp, seen.clock) ? { ...seen, clock: stamp } : seen
  }),
}
