/** A guard around a store whose every call does what the test says. */
import { vi } from 'vitest'
import type { StoreError } from '../../src/errors.ts'
import { guarded } from '../../src/store/guarded.ts'
import type { Store } from '../../src/store/store.ts'
import { fakeClock } from '../fixtures/clock.ts'

export const QUERY = { entries: [], scopes: [] }
export const COMMIT = { stamp: 'e:0', scopes: ['a'], writes: [] }

/** A store whose every call does what the test says, and a guard around it. */
export function setUp(
  work: (method: keyof Store) => Promise<unknown> = () => Promise.reject(new Error('down')),
  limits = { read: 20, write: 40 },
) {
  const now = fakeClock()
  const call = vi.fn(work)
  const made = (method: keyof Store) => () => call(method) as Promise<never>
  const store: Store = {
    lookUp: made('lookUp'),
    begin: made('begin'),
    commit: made('commit'),
    clear: made('clear'),
    lease: made('lease'),
    release: made('release'),
  }
  const guard = guarded(store, { ...limits, now })
  return { now, call, guard }
}

/** What only a primary can do. */
export const ON_PRIMARY: readonly [keyof Store, (guard: Store) => Promise<unknown>][] = [
  ['begin', (guard) => guard.begin()],
  ['commit', (guard) => guard.commit(COMMIT)],
  ['clear', (guard) => guard.clear(['a'])],
  ['lease', (guard) => guard.lease('l', 'me', 1)],
  ['release', (guard) => guard.release('l', 'me')],
]

export const reasonOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    (error: StoreError) => error.reason + (error.breaker ? `, ${error.breaker}` : ''),
  )

export async function repeat<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (let i = 0; i < times; i++) results.push(await work())
  return results
}
