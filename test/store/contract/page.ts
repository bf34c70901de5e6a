/**
 * The cache that the stories of the contract are told with, as small as can be: a page carries its stamp and its
 * scopes, and is read by one look-up and `judge`.
 *
 * Stories begin, keep and read a page; unless they say otherwise it is always the same one, for an hour.
 */
import { expect } from 'vitest'
import type { CommitOutcome, Store } from '../../../src/store/store.ts'
import { judge } from '../../../src/store/time.ts'

export const EVERYTHING = 'a'
export const NAMESPACE = 'n:catalog'
const PATH = 'p:%2Fproducts%2F1'
export const TAG = 't:product%3A1'
export const KEY = 'k:catalog:front'
export const SCOPES = [EVERYTHING, NAMESPACE, PATH, TAG, KEY]
export const ENTRY = 'e:catalog:0cc175b9c0f1b6a831c399e269772661'
export const LEASE = 'l:catalog:0cc175b9c0f1b6a831c399e269772661'

export const HOUR = 3600
export const DAY = 24 * HOUR

interface Page {
  name?: string
  scopes?: readonly string[]
  seconds?: number
  /** Scopes that a request remembers the entry to have, beside its own. */
  remembered?: readonly string[]
}

/** A handler that has begun: the stamp is taken now, the answer stored when it finishes. */
export async function begin(store: Store, { name = ENTRY, scopes = SCOPES, seconds = HOUR }: Page = {}) {
  const stamp = (await store.lookUp({ entries: [], scopes: [] })).clock ?? (await store.begin())
  return {
    stamp,
    finish(body: string): Promise<CommitOutcome> {
      const value = JSON.stringify({ stamp, scopes, body })
      return store.commit({ stamp, scopes, writes: [{ name, value, seconds }] })
    },
  }
}

export async function keep(store: Store, body: string, page: Page = {}): Promise<CommitOutcome> {
  return (await begin(store, page)).finish(body)
}

/** What a request with these scopes is answered with from the store. */
export async function read(
  store: Store,
  { name = ENTRY, scopes = SCOPES, remembered = [] }: Page = {},
): Promise<string | null> {
  const seen = await store.lookUp({ entries: [name], scopes: [...scopes, ...remembered] })
  const text = seen.entries[0]
  if (!text) return null
  const entry = JSON.parse(text)
  return judge(entry.stamp, entry.scopes, seen, scopes.length) === 'valid' ? entry.body : null
}

/** A page that is stored; where its fences are not, the first try only creates them. */
export async function stored(store: Store, body = 'old', page: Page = {}): Promise<void> {
  if ((await keep(store, body, page)) !== 'stored') expect(await keep(store, body, page)).toBe('stored')
  expect(await read(store, page)).toBe(body)
}
