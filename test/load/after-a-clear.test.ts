/**
 * What waits together and a clear: a follower that came after a clear had completed is not given what was made of older
 * data, however the two cross; where nothing was cleared, it is.
 */
import { describe, expect, test } from 'vitest'
import type { ClearTarget } from '../../src/index.ts'
import { onBothStores, onRedis, pass } from '../support/stores.ts'
import { crowd, elsewhere } from './crowd.ts'

const PATIENT = { coalesceWait: 60 }
const ROUTE = { ...PATIENT, namespace: 'catalog', tags: ['route'], key: 'front' }
const TARGETS: (ClearTarget | undefined)[] = [
  undefined,
  { namespace: 'catalog' },
  { tag: 'route' },
  { path: '/page' },
  { key: 'front', namespace: 'catalog' },
]

onBothStores('a flight and a clear', (open) => {
  const waiting = () =>
    crowd(open(), ROUTE, (c, body) => {
      c.get('cache').tag('late')
      return c.text(body)
    })

  test.each(TARGETS)('the leader starts, clear(%j) completes, the follower arrives', async (target) => {
    const site = waiting()
    const { answer } = await site.lead()
    expect(await (target ? site.clear(target) : site.clear())).toBe(true)
    const { answers } = await site.follow(undefined)
    site.gate.open()
    expect((await answer).body).toBe('one')
    expect((await answers)[0]).toMatchObject({ body: 'two', cache: expect.not.stringContaining('collapsed') })
  })

  test.each(TARGETS)('the same where the clear was another isolate’s: %j', async (target) => {
    const site = waiting()
    const { answer } = await site.lead()
    const other = elsewhere(site, open)
    expect(await (target ? other.clear(target) : other.clear())).toBe(true)
    const { answers } = await site.follow(undefined)
    site.gate.open()
    expect((await answer).body).toBe('one')
    expect((await answers)[0]!.body).toBe('two')
  })

  test('a tag that its handler adds late counts as well', async () => {
    const site = waiting()
    await site.lead()
    await site.clear({ tag: 'late' })
    const { answers } = await site.follow(undefined)
    site.gate.open()
    expect((await answers)[0]!.body).toBe('two')
  })

  test('who came before the clear may have it: it had not completed', async () => {
    const site = waiting()
    await site.lead()
    const { answers } = await site.follow(undefined)
    await site.clear({ tag: 'route' })
    site.gate.open()
    expect((await answers)[0]!.body).toBe('one')
  })

  test('the very first request of a path, where no fence is there yet: the same clock is enough', async () => {
    const site = waiting()
    await site.lead()
    const { answers } = await site.follow(undefined)
    site.gate.open()
    expect((await answers)[0]).toMatchObject({ body: 'one', cache: expect.stringContaining('collapsed') })
  })

  test('a clear of something else meanwhile does not keep it from being shared', async () => {
    const site = waiting()
    site.gate.open()
    await site.get('/page')
    pass(70)
    const again = site.again()
    await site.lead()
    await site.clear({ tag: 'unrelated' })
    const { answers } = await site.follow(undefined)
    again.open()
    expect((await answers)[0]!.body).toBe('two')
  })
})

onRedis('a flight and a replica that lags', (world) => {
  describe('behind a clear made here', () => {
    test('the follower sees the clock of before, and is given nothing of before', async () => {
      const { bridge, open } = world()
      const site = crowd(open(), ROUTE)
      await site.lead()
      // Its replies are as they were at the first look-up from here on.
      let kept: Promise<unknown> | undefined
      bridge.intercept = (command, forward) => {
        if (command[0] !== 'MGET') return forward()
        kept ??= forward()
        return kept
      }
      const before = await site.follow(undefined)
      expect(await site.clear({ tag: 'route' })).toBe(true)
      const after = await site.follow(undefined)
      site.gate.open()
      expect((await before.answers)[0]!.body).toBe('one')
      expect((await after.answers)[0]!.body).toBe('two')
    })
  })
})
