/** Interleavings that the schedules of stale.test.ts once found in src/store/own-clears.ts, one clear after another. */
import { expect, test } from 'vitest'
import { type OwnClearsStore, withOwnClears } from '../../src/store/own-clears.ts'
import type { Query, Snapshot, Store } from '../../src/store/store.ts'
import type { Time } from '../../src/store/time.ts'
import { fakeClock } from '../fixtures/clock.ts'

/** A store whose clears are answered by the test, and whose look-ups see what a lagging replica sees. */
function isolate() {
  const answers: { resolve: (time: Time | null) => void; reject: (error: Error) => void }[] = []
  const replica: { clock: Time; fence: Time } = { clock: 'e1:0', fence: 'e1:0' }
  const now = fakeClock()
  const store = {
    async lookUp({ scopes }: Query): Promise<Snapshot> {
      return { entries: [], clock: replica.clock, scopes, fences: scopes.map(() => replica.fence) }
    },
    clear: () => new Promise<Time | null>((resolve, reject) => answers.push({ resolve, reject })),
    commit: async () => 'stored',
  } as Partial<Store> as Store
  const own = withOwnClears(store, { now, sleep: async (ms) => now.advance(ms / 1000) })
  return { own, replica, now, answers }
}

async function fenceOf(own: OwnClearsStore): Promise<Time | null> {
  return (await own.lookUp({ entries: [], scopes: ['p'] })).fences[0]!
}

test('the reply to an earlier clear of a scope comes after that to a later one', async () => {
  const { own, answers } = isolate()
  const clears = [own.clear(['p']), own.clear(['p'])]
  answers[1]!.resolve('e1:6')
  await clears[1]
  answers[0]!.resolve('e1:5')
  await clears[0]
  expect(await fenceOf(own)).toBe('e1:6')
})

test('a clear fails while an earlier one, made before the data changed again, is still under way', async () => {
  const { own, answers } = isolate()
  const clears = [own.clear(['p']), own.clear(['p'])]
  answers[1]!.reject(new Error('lost'))
  await expect(clears[1]).rejects.toThrow()
  answers[0]!.resolve('e1:5')
  await clears[0]
  expect(own.pending()).toEqual(['p'])
})

test('a clear fails while what had failed before it is being tried again', async () => {
  const { own, answers, now } = isolate()
  const first = own.clear(['p'])
  answers[0]!.reject(new Error('lost'))
  await expect(first).rejects.toThrow()
  now.advance(31)
  const retried = own.retry()
  const second = own.clear(['p'])
  answers[2]!.reject(new Error('lost'))
  await expect(second).rejects.toThrow()
  answers[1]!.resolve('e1:5')
  await expect.poll(() => answers.length).toBe(4)
  expect(own.pending()).toEqual(['p'])
  answers[3]!.resolve('e1:6')
  await retried
  expect(own.pending()).toEqual([])
})

test('the clock is lost, a commit confirms the new one, and a lagging replica still tells of the old one', async () => {
  const { own, replica, answers } = isolate()
  const cleared = own.clear(['p'])
  answers[0]!.resolve('e1:5')
  await cleared
  replica.fence = 'e2:0'
  expect(await fenceOf(own)).toBeNull()
  await own.commit({ stamp: 'e2:0', scopes: ['p'], writes: [] })
  expect(await fenceOf(own)).toBe('e2:0')
  replica.fence = 'e1:3'
  expect(await fenceOf(own)).toBe('e1:5')
})

test('replies to clears on either side of a lost clock come in the wrong order', async () => {
  const { own, replica, answers } = isolate()
  const clears = [own.clear(['p']), own.clear(['p'])]
  answers[1]!.resolve('e2:1')
  await clears[1]
  answers[0]!.resolve('e1:5')
  await clears[0]
  replica.fence = 'e1:3'
  expect(await fenceOf(own)).toBeNull()
  await own.commit({ stamp: 'e2:1', scopes: ['p'], writes: [] })
  expect(await fenceOf(own)).toBeNull()
  replica.fence = 'e2:0'
  expect(await fenceOf(own)).toBe('e2:1')
})

test('a clear that only the loss of the clock has made, seen through a replica that has the clock still', async () => {
  const { own, replica, answers } = isolate()
  const cleared = own.clear(['p'])
  answers[0]!.resolve(null)
  await cleared
  const everything = async () => (await own.lookUp({ entries: [], scopes: ['a'] })).fences[0]!
  expect(await everything()).toBeNull()
  await own.commit({ stamp: 'e2:0', scopes: ['a'], writes: [] })
  expect(await everything()).toBeNull()
  replica.fence = 'e2:0'
  expect(await everything()).toBe('e2:0')
})
