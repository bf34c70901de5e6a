/**
 * An isolate with copies over a store that another isolate writes to, and readers as small as can be: an entry carries
 * its stamp, and is believed where `judge` does.
 */
import { memoryStore } from '../../src/store/memory.ts'
import { type NearOptions, withNear } from '../../src/store/near.ts'
import { type OwnClearsStore, withOwnClears } from '../../src/store/own-clears.ts'
import type { Query, Snapshot, Store } from '../../src/store/store.ts'
import { judge, type Time } from '../../src/store/time.ts'
import { fakeClock } from '../fixtures/clock.ts'

const sleep = async () => {}

/** As `connect()` puts them together. */
export const isolate = (below: Store, options: NearOptions): OwnClearsStore =>
  withOwnClears(withNear(below, options), { now: options.now, sleep })

export const SCOPES = ['a', 'n:x', 't:x']
export const NAME = 'e:x:1'
export const HOUR = 3600

/** One store with two isolates: ours, with copies and a look at all that it sends, and one elsewhere. */
export function world({ seconds = 10, maxBytes }: { seconds?: number; maxBytes?: number } = {}) {
  const now = fakeClock()
  const elsewhere = memoryStore({ now })
  const sent: Query[] = []
  /** What is wrong with the calls made now, and what their replies wait for. */
  const trouble: { error?: Error; until?: Promise<void> } = {}
  const seen: Store = {
    ...elsewhere,
    async lookUp(query) {
      const { error, until } = trouble
      sent.push(query)
      if (error) throw error
      const reply = await elsewhere.lookUp(query)
      await until
      return reply
    },
    async commit(commit) {
      if (trouble.error) throw trouble.error
      return elsewhere.commit(commit)
    },
    async clear(scopes) {
      if (trouble.error) throw trouble.error
      return elsewhere.clear(scopes)
    },
  }
  const store = isolate(seen, { seconds, now, ...(maxBytes !== undefined && { maxBytes }) })
  /** A look-up that has been made, and whose reply the test lets come. */
  const askSlowly = () => {
    let arrive = () => {}
    trouble.until = new Promise((resolve) => (arrive = resolve))
    const reply = ask(store)
    delete trouble.until
    return {
      async arrive() {
        arrive()
        return bodyIn(await reply)
      },
    }
  }
  return {
    now,
    elsewhere,
    store,
    trouble,
    askSlowly,
    sentSince: () => sent.splice(0).map(({ entries }) => entries.length),
  }
}

const entry = (stamp: Time, body: string) => JSON.stringify({ stamp, body })

/** Stores an entry made at a stamp, by default at the clock as it is. */
export async function put(
  store: Store,
  body: string,
  { name = NAME, scopes = SCOPES, stamp }: { name?: string; scopes?: string[]; stamp?: Time } = {},
) {
  const made = stamp ?? (await store.begin())
  return store.commit({ stamp: made, scopes, writes: [{ name, value: entry(made, body), seconds: HOUR }] })
}

interface Question {
  name?: string
  scopes?: readonly string[]
  full?: boolean
}

export const ask = (store: Store, { name = NAME, scopes = SCOPES, full = false }: Question = {}) =>
  store.lookUp({ entries: [name], scopes, full })

/** What a reply is good for: the body of the entry where it is valid. */
export function bodyIn(snapshot: Snapshot): string | null {
  if (!snapshot.entries[0]) return null
  const { stamp, body } = JSON.parse(snapshot.entries[0])
  return judge(stamp, snapshot.scopes, snapshot, snapshot.scopes.length) === 'valid' ? body : null
}

export const read = async (store: Store, question?: Question) => bodyIn(await ask(store, question))
