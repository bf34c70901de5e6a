/**
 * Many requests at once on every runtime. On workerd a request may wait for what another one makes, but what belongs to
 * another one can go with it.
 */
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bundle, bundleSite, RUNTIMES, type Served, serve } from './launch.ts'

let bundle: Bundle

beforeAll(async () => {
  bundle = await bundleSite('load-site.ts')
})

afterAll(() => bundle.remove())

describe.each(RUNTIMES)('on %s', (name) => {
  let served: Served

  beforeAll(async () => {
    served = await serve(name, bundle)
  })

  afterAll(() => served.stop())

  const get = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${served.port}${path}`, init)
  const runs = async (): Promise<Record<string, number>> => (await get('/runs')).json() as never

  it('500 requests of one cold key run the handler once', async () => {
    const answers = Array.from({ length: 500 }, async () => (await get('/cached/slow')).text())
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['made once']))
    expect(await runs()).toMatchObject({ slow: 1 })
  })

  it('a request that has gone while others wait for it costs them coalesceWait and no more', async () => {
    const leaving = new AbortController()
    const leader = get('/cached/gone', { signal: leaving.signal }).catch(() => 'gone')
    while ((await runs()).gone === 0);
    const answers = Array.from({ length: 5 }, async () => (await get('/cached/gone')).text())
    leaving.abort()
    expect(await leader).toBe('gone')
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['made by who waited']))
  })

  /** Sends a request whose client hangs up once its handler runs; before that, others may come. */
  async function hangUp(request: string, counted: string, others: () => void = () => {}) {
    const leaving = connect(served.port, '127.0.0.1')
    leaving.write(`${request} HTTP/1.1\r\nhost: 127.0.0.1:${served.port}\r\ncontent-length: 0\r\n\r\n`)
    while ((await runs())[counted] === 0);
    others()
    await runs()
    // Of another end than a reset, workerd takes no notice.
    leaving.resetAndDestroy()
  }

  it('who waits for what a client has asked for that hangs up is given it', async () => {
    const answers: Promise<string>[] = []
    await hangUp('GET /cached/left', 'left', () => {
      for (let i = 0; i < 5; i++) answers.push(get('/cached/left').then((answer) => answer.text()))
    })
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['made once']))
    expect(await runs()).toMatchObject({ left: 1 })
  })

  it('a client that hangs up does not take with it what is known of its clear', async () => {
    await get('/changed')
    await hangUp('PUT /changed', 'changed')
    await expect
      .poll(async () => (await get('/changed')).headers.get('cache-status'), { timeout: 3000 })
      .toContain('detail=clear-pending')
  })
})
