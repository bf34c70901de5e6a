/** Whatever goes wrong: no body, token, header, cookie or variable gets into an event or onto the console. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cache } from '../../src/index.ts'
import { FAULT_KINDS } from '../fixtures/bridge-faults.ts'
import { onRedis, pass } from '../support/stores.ts'

const CANARY = 'canary'
const METHODS = ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const

onRedis('secrets', (world) => {
  let printed: unknown[]
  beforeEach(() => {
    printed = []
    for (const method of METHODS) {
      vi.spyOn(console, method).mockImplementation((...args) => void printed.push(...args))
    }
  })
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const request = {
    headers: { 'x-secret': `${CANARY}-header`, 'x-tenant': `${CANARY}-tenant` },
  }

  /** Everything that an app can go through, with a canary wherever a secret may be. */
  async function live(onEvent: ((event: unknown) => void) | undefined) {
    const { bridge } = world()
    const site = world().open({
      timeout: { read: 30, write: 30 },
      onEvent,
    } as Parameters<ReturnType<typeof world>['open']>[0])
    expect(bridge.token).toContain(CANARY)
    site.app.use(async (c, next) => {
      c.set('user' as never, { id: `${CANARY}-variable` } as never)
      c.set(
        'session' as never,
        new (class Session {
          secret = `${CANARY}-session`
        })() as never,
      )
      await next()
    })
    const vary = { headers: ['x-tenant'], vars: ['user'] }
    site.app.get('/page', cache({ vary }), (c) =>
      c.text(`${CANARY}-body`, 200, { 'x-answer': `${CANARY}-answer`, etag: '"v1"' }),
    )
    site.app.get('/session', cache({ vary: { vars: ['session'] } }), (c) => c.text('made'))
    site.app.get(
      '/throws',
      cache({
        when: () => {
          throw new Error(`${CANARY}-when`)
        },
      }),
      (c) => c.text('made'),
    )
    site.app.get('/cookie', cache(), (c) => c.text('made', 200, { 'set-cookie': `s=${CANARY}-cookie` }))

    for (const path of ['/page', '/page', '/session', '/throws', '/cookie']) await site.get(path, request)
    for (const kind of FAULT_KINDS) {
      bridge.fault = { kind, when: ([name]) => name === 'EVAL' }
      // The breaker must not keep the faults away.
      pass(11)
      await (await site.fetch(`/page?${kind}`, request)).text()
      pass(11)
      await site.clear({ tag: 'a' })
      bridge.fault = { kind }
      pass(11)
      await (await site.fetch('/page', request)).text()
    }
    bridge.fault = null
    pass(11)
    // Nothing is left to be retried.
    expect(await site.clear({ tag: 'a' })).toBe(true)
    return site
  }

  test('events carry none', async () => {
    const events: unknown[] = []
    await live((event) => events.push(event))
    expect(events.length).toBeGreaterThan(20)
    expect(JSON.stringify(events)).not.toContain(CANARY)
    expect(printed).toEqual([])
  })

  test('warnings on the console carry none', async () => {
    await live(undefined)
    const text = printed.map((item) => (item instanceof Error ? item.stack : JSON.stringify(item))).join('\n')
    expect(text).toContain('hono-redis-cache')
    expect(text).not.toContain(CANARY)
  })
})
