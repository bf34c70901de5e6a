/** What a memo costs on Redis, and what becomes of it where that fails. */
import { expect, test } from 'vitest'
import type { Site } from '../support/site.ts'
import { onRedis } from '../support/stores.ts'
import { serve } from './calls.ts'

onRedis('memoize, on the wire', (world) => {
  test('a hit costs one read-only command, a miss one more to store', async () => {
    const { bridge, open } = world()
    const site = serve(open(), { tags: ['a', 'b'] })
    await site.call({ id: '0' })
    bridge.reset()
    await site.call({ id: '1' })
    expect(bridge.commands.map(([name]) => name)).toEqual(['MGET', 'EVAL'])
    bridge.reset()
    await site.call({ id: '1' })
    expect(bridge.commands.map(([name]) => name)).toEqual(['MGET'])
  })

  test('with Redis down the function runs', async () => {
    const { bridge, open } = world()
    const site = serve(open())
    expect(await site.call()).toBe('one')
    bridge.fault = { kind: 'status-500' }
    expect(await site.call()).toBe('two')
    expect(site.transcript().slice(2)).toEqual([
      'store-failed GET memoize getProduct {operation: look-up, reason: failed}',
      'bypass GET memoize getProduct {reason: store, detail: failed}',
    ])
    bridge.fault = null
    expect(await site.call()).toBe('one')
  })

  test('a commit that fails does not fail the call', async () => {
    const { bridge, open } = world()
    const site = serve(open())
    await site.call({ id: '0' })
    bridge.fault = { kind: 'reset', when: ([name]) => name === 'EVAL' }
    expect(await site.call({ id: '1' })).toBe('two')
    expect(site.events.at(-1)).toMatchObject({ type: 'not-stored', reason: 'store' })
  })

  test('a clear that failed suspends the memos that it names', async () => {
    const { bridge, open } = world()
    const site = serve(open(), { tags: ['t'] })
    site.app.delete('/', async (c) => c.json(await c.get('cache').clear({ tag: 't' })))
    expect(await site.call()).toBe('one')
    bridge.fault = { kind: 'status-500', times: 1 }
    await site.fetch('/', { method: 'DELETE' })
    bridge.fault = { kind: 'status-500', when: ([name]) => name === 'EVAL' }
    expect(await serveOne(site)).toBe('two')
    expect(site.events.at(-1)).toMatchObject({ type: 'bypass', reason: 'clear-pending' })
    bridge.fault = null
  })
})

/** Without waiting for the work behind it: a clear that is tried again goes on for minutes. */
const serveOne = async (site: Site): Promise<unknown> =>
  ((await (await site.fetch('/call')).json()) as { value: unknown }).value
