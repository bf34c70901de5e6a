/** The two breakers of the guard: of look-ups, and of what only the primary can do. */
import { describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { COMMIT, ON_PRIMARY, QUERY, reasonOf, repeat, setUp } from './guard-world.ts'

describe('a primary that is dead, behind a replica that answers', () => {
  function withReplica() {
    const dead = new Set<keyof Store>(ON_PRIMARY.map(([method]) => method))
    const setting = setUp(async (method) => {
      if (dead.has(method)) throw new Error('down')
    })
    return { ...setting, dead }
  }

  test('misses open its breaker, although the look-up of each succeeds, and hits go on', async () => {
    const { guard, call, now } = withReplica()
    const miss = async () => [await reasonOf(guard.lookUp(QUERY)), await reasonOf(guard.begin())].join(', ')
    expect(await repeat(6, miss)).toEqual([
      ...Array(4).fill('answered, failed'),
      'answered, failed, opened',
      'answered, breaker-open',
    ])
    call.mockClear()
    now.advance(9.999)
    expect(await repeat(9, miss)).toEqual(Array(9).fill('answered, breaker-open'))
    expect(call.mock.calls).toEqual(Array(9).fill(['lookUp']))
  })

  test('all that is asked of it counts together, and is refused together', async () => {
    const { guard } = withReplica()
    const ask = async () => {
      const reasons: string[] = []
      for (const [, work] of ON_PRIMARY) {
        await guard.lookUp(QUERY)
        reasons.push(await reasonOf(work(guard)))
      }
      return reasons
    }
    expect(await ask()).toEqual([...Array(4).fill('failed'), 'failed, opened'])
    expect(await ask()).toEqual(Array(5).fill('breaker-open'))
  })

  test.each(ON_PRIMARY)('a probe of it by %s decides for all, whatever look-ups say', async (_, work) => {
    const { guard, dead, now } = withReplica()
    await repeat(5, () => reasonOf(guard.begin()))
    now.advance(10)
    expect(await reasonOf(work(guard))).toBe('failed')
    await guard.lookUp(QUERY)
    expect(await reasonOf(guard.begin())).toBe('breaker-open')
    dead.clear()
    now.advance(10)
    expect(await reasonOf(work(guard))).toBe('answered')
    for (const [, other] of ON_PRIMARY) expect(await reasonOf(other(guard))).toBe('answered')
  })

  test('one that is full has answered: it is asked on, so that a clear gets through', async () => {
    const { guard, call } = setUp(async (method) => {
      if (method !== 'clear') throw new Error('OOM command not allowed')
    })
    expect(await repeat(20, () => reasonOf(guard.commit(COMMIT)))).toEqual(Array(20).fill('out-of-memory'))
    expect(await repeat(20, () => reasonOf(guard.begin()))).toEqual(Array(20).fill('out-of-memory'))
    expect(await reasonOf(guard.clear(['a']))).toBe('answered')
    expect(call).toHaveBeenCalledTimes(41)
  })

  test('one that calls commits wrong, or too large, has answered: large entries do not stop the clears', async () => {
    const { guard, call } = setUp(async (method) => {
      if (method === 'commit') throw new Error('ERR max request size exceeded. Limit: 1048576 bytes')
    })
    expect(await repeat(20, () => reasonOf(guard.commit(COMMIT)))).toEqual(Array(20).fill('refused'))
    expect(await reasonOf(guard.clear(['a']))).toBe('answered')
    expect(call).toHaveBeenCalledTimes(21)
  })

  test('one that calls everything else wrong is of no use, and is left alone', async () => {
    const { guard } = setUp(() => Promise.reject(new Error('ERR unknown command')))
    const opened = [...Array(4).fill('refused'), 'refused, opened', 'breaker-open']
    expect(await repeat(6, () => reasonOf(guard.clear(['a'])))).toEqual(opened)
    expect(await repeat(6, () => reasonOf(guard.lookUp(QUERY)))).toEqual(opened)
  })

  test('one that comes back full is no longer away', async () => {
    let error = 'down'
    const { guard, now } = setUp(() => Promise.reject(new Error(error)))
    await repeat(5, () => reasonOf(guard.commit(COMMIT)))
    now.advance(10)
    error = 'OOM command not allowed'
    expect(await repeat(2, () => reasonOf(guard.commit(COMMIT)))).toEqual(Array(2).fill('out-of-memory'))
  })
})

describe('a store that fails both ways', () => {
  test('is not asked at all once five look-ups have failed: nobody waits for the primary, too', async () => {
    const { guard, call, now } = setUp()
    await repeat(5, () => reasonOf(guard.lookUp(QUERY)))
    now.advance(9.999)
    for (const [method, work] of ON_PRIMARY) {
      if (method !== 'clear') expect(await reasonOf(work(guard))).toBe('breaker-open')
    }
    expect(call).toHaveBeenCalledTimes(5)
  })

  test('is sent clears all the same, for those whose look-ups succeed, until five have failed', async () => {
    let down = false
    const { guard } = setUp(async (method) => {
      if (down || method === 'lookUp') throw new Error('down')
    })
    await repeat(5, () => reasonOf(guard.lookUp(QUERY)))
    expect(await reasonOf(guard.clear(['a']))).toBe('answered')
    down = true
    expect(await repeat(6, () => reasonOf(guard.clear(['a'])))).toEqual([
      ...Array(4).fill('failed'),
      'failed, opened',
      'breaker-open',
    ])
  })

  test('ten seconds later a clear need wait for no look-up: those refused meanwhile were no failures', async () => {
    let down = true
    const { guard, now } = setUp(async () => {
      if (down) throw new Error('down')
    })
    await repeat(5, () => reasonOf(guard.lookUp(QUERY)))
    now.advance(5)
    expect(await repeat(5, () => reasonOf(guard.begin()))).toEqual(Array(5).fill('breaker-open'))
    down = false
    now.advance(5)
    expect(await reasonOf(guard.clear(['a']))).toBe('answered')
  })

  test('a primary that answers does not make up for look-ups that fail', async () => {
    const { guard } = setUp(async (method) => {
      if (method === 'lookUp') throw new Error('down')
    })
    const reasons = await repeat(5, async () => {
      await guard.begin()
      return reasonOf(guard.lookUp(QUERY))
    })
    expect(reasons).toEqual([...Array(4).fill('failed'), 'failed, opened'])
  })

  test('failures of one kind do not count for the other', async () => {
    const { guard } = setUp()
    const both = async () => [await reasonOf(guard.begin()), await reasonOf(guard.lookUp(QUERY))]
    expect(await repeat(4, both)).toEqual(Array(4).fill(['failed', 'failed']))
    expect(await both()).toEqual(['failed, opened', 'failed, opened'])
  })

  test('the first look-up that succeeds lets the primary be probed at once: what was refused took no turn', async () => {
    let down = true
    let answer = () => {}
    const { guard, now } = setUp((method) => {
      if (down) return Promise.reject(new Error('down'))
      return method === 'lookUp' ? new Promise<void>((resolve) => (answer = resolve)) : Promise.resolve()
    })
    await repeat(5, () => reasonOf(guard.begin()))
    await repeat(5, () => reasonOf(guard.lookUp(QUERY)))
    down = false
    now.advance(10)
    const probe = reasonOf(guard.lookUp(QUERY))
    expect(await reasonOf(guard.begin())).toBe('breaker-open')
    answer()
    expect(await probe).toBe('answered')
    expect(await reasonOf(guard.begin())).toBe('answered')
  })
})
