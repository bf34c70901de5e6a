/**
 * The guard: a deadline for every call, a breaker that opens after five failures, and nothing of a payload in errors.
 */
import { describe, expect, test, vi } from 'vitest'
import { type StoreError, toStoreError } from '../../src/errors.ts'
import { guarded } from '../../src/store/guarded.ts'
import { memoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { fakeClock } from '../fixtures/clock.ts'
import { COMMIT, QUERY, reasonOf, repeat, setUp } from './guard-world.ts'

test('what goes well goes through', async () => {
  const guard = guarded(memoryStore(), { read: 20, write: 40, now: fakeClock() })
  const stamp = await guard.begin()
  expect(await guard.commit({ stamp, scopes: ['a'], writes: [{ name: 'e', value: 'v', seconds: 9 }] })).toBe(
    'stored',
  )
  expect(await guard.lookUp({ entries: ['e'], scopes: ['a'] })).toMatchObject({
    entries: ['v'],
    clock: stamp,
  })
  expect(await guard.clear(['a'])).not.toBe(stamp)
  expect(await guard.lease('l', 'me', 1000)).toBe(true)
  await guard.release('l', 'me')
  expect(await guard.lease('l', 'you', 1000)).toBe(true)
})

describe('deadlines', () => {
  const never = () => new Promise(() => {})

  test('a store that keeps the deadline of its look-ups is trusted with that, and with no other', async () => {
    const limits = { read: 20, write: 40, timesLookUps: true }
    const { guard } = setUp(never, limits)
    const first = await Promise.race([
      reasonOf(guard.lookUp(QUERY)).then((reason) => `lookUp: ${reason}`),
      reasonOf(guard.commit(COMMIT)).then((reason) => `commit: ${reason}`),
    ])
    expect(first).toBe('commit: timeout')
  })

  test.each<[keyof Store, (guard: Store) => Promise<unknown>, ms: number]>([
    ['lookUp', (guard) => guard.lookUp(QUERY), 20],
    ['begin', (guard) => guard.begin(), 20],
    ['lease', (guard) => guard.lease('l', 'me', 1), 20],
    ['commit', (guard) => guard.commit(COMMIT), 40],
    ['clear', (guard) => guard.clear(['a']), 40],
    ['release', (guard) => guard.release('l', 'me'), 40],
  ])('%s is given up after its time', async (_, call, ms) => {
    vi.useFakeTimers()
    const { guard } = setUp(never)
    const reason = reasonOf(call(guard))
    await vi.advanceTimersByTimeAsync(ms - 1)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await reason).toBe('timeout')
    vi.useRealTimers()
  })

  test('an answer in time leaves no timer behind', async () => {
    vi.useFakeTimers()
    const { guard } = setUp(async () => 'e:1')
    await guard.begin()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
})

describe('the breaker', () => {
  test('opens with the fifth failure in a row: then no call is made for ten seconds', async () => {
    const { guard, call, now } = setUp()
    expect(await repeat(6, () => reasonOf(guard.lookUp(QUERY)))).toEqual([
      ...Array(4).fill('failed'),
      'failed, opened',
      'breaker-open',
    ])
    now.advance(9.999)
    expect(await reasonOf(guard.lookUp(QUERY))).toBe('breaker-open')
    expect(call).toHaveBeenCalledTimes(5)
  })

  test('a success in between starts the count anew', async () => {
    let down = true
    const { guard, call } = setUp(async () => {
      if (down) throw new Error('down')
    })
    await repeat(4, () => reasonOf(guard.begin()))
    down = false
    await guard.begin()
    down = true
    expect(await repeat(4, () => reasonOf(guard.begin()))).toEqual(Array(4).fill('failed'))
    expect(call).toHaveBeenCalledTimes(9)
  })

  test('after ten seconds one probe is let through, and no other while it is under way', async () => {
    let answer = () => {}
    let down = true
    const { guard, call, now } = setUp(() =>
      down ? Promise.reject(new Error('down')) : new Promise<void>((resolve) => (answer = resolve)),
    )
    await repeat(5, () => reasonOf(guard.begin()))
    down = false
    now.advance(10)
    const probe = reasonOf(guard.begin())
    expect(await reasonOf(guard.begin())).toBe('breaker-open')
    answer()
    expect(await probe).toBe('answered')
    expect(call).toHaveBeenCalledTimes(6)
    const next = reasonOf(guard.begin())
    answer()
    expect(await next).toBe('answered')
  })

  test('a clock that is set back lets a probe through, and does not keep it open until it has caught up', async () => {
    let down = true
    const { guard, now } = setUp(() => (down ? Promise.reject(new Error('down')) : Promise.resolve()))
    await repeat(5, () => reasonOf(guard.begin()))
    expect(await reasonOf(guard.begin())).toBe('breaker-open')
    down = false
    now.advance(-3_600)
    expect(await reasonOf(guard.begin())).toBe('answered')
  })

  test('a probe that fails keeps it open for another ten seconds, and is no second opening', async () => {
    const { guard, call, now } = setUp()
    await repeat(5, () => reasonOf(guard.begin()))
    now.advance(10)
    expect(await reasonOf(guard.begin())).toBe('failed')
    now.advance(9.999)
    expect(await reasonOf(guard.begin())).toBe('breaker-open')
    now.advance(0.001)
    expect(await reasonOf(guard.begin())).toBe('failed')
    expect(call).toHaveBeenCalledTimes(7)
  })

  test('a probe that died with its request is not waited for for ever', async () => {
    let down = true
    const { guard, now } = setUp(() => (down ? Promise.reject(new Error('down')) : new Promise(() => {})), {
      read: 1_000_000,
      write: 1_000_000,
    })
    await repeat(5, () => reasonOf(guard.begin()))
    down = false
    now.advance(10)
    void reasonOf(guard.begin())
    now.advance(1000)
    expect(await reasonOf(guard.begin())).toBe('breaker-open')
    now.advance(0.001)
    down = true
    expect(await reasonOf(guard.begin())).toBe('failed')
  })

  test('a probe that succeeds closes it for good, and starts the count anew', async () => {
    let down = true
    const { guard, now } = setUp(async () => {
      if (down) throw new Error('down')
    })
    await repeat(50, () => reasonOf(guard.begin()))
    now.advance(10)
    down = false
    expect(await repeat(2, () => reasonOf(guard.begin()))).toEqual(['answered', 'answered'])
    down = true
    expect(await repeat(5, () => reasonOf(guard.begin()))).toEqual([
      ...Array(4).fill('failed'),
      'failed, opened',
    ])
  })
})

describe('errors', () => {
  const SECRET = 'canary'

  test.each<[reason: string, error: unknown]>([
    ['failed', new Error(`fetch failed ${SECRET}`)],
    ['refused', new Error(`ERR ${SECRET}, command was: ["SET","k","OOM unauthorized"]`)],
    ['failed', SECRET],
    ['failed', undefined],
    ['timeout', Object.assign(new Error(SECRET), { name: 'TimeoutError' })],
    ['timeout', Object.assign(new Error(SECRET), { name: 'AbortError' })],
    ['unauthorized', new Error(`Unauthorized, command was: ["${SECRET}"]`)],
    ['unauthorized', new Error(`WRONGPASS ${SECRET}`)],
    ['unauthorized', new Error(`NOPERM this user has no permissions to run the 'eval' command ${SECRET}`)],
    ['out-of-memory', new Error(`OOM command not allowed, command was: ["${SECRET}"]`)],
  ])('are %s and carry nothing of %s', async (reason, cause) => {
    const { guard } = setUp(() => Promise.reject(cause))
    const error: StoreError = await guard.begin().catch((error) => error)
    expect(error.reason).toBe(reason)
    expect(error.cause).toBeUndefined()
    expect(`${error.stack} ${JSON.stringify(error)} ${Object.values(error).join()}`).not.toContain(SECRET)
    expect(toStoreError(error)).toBe(error)
  })
})
