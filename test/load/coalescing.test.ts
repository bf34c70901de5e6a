/** Concurrent misses of one key in one isolate: the handler runs once, and nobody waits for ever. */
import type { Context } from 'hono'
import { every } from 'hono/combine'
import { stream } from 'hono/streaming'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { until } from '../support/gate.ts'
import { onBothStores, pass } from '../support/stores.ts'
import { crowd, times } from './crowd.ts'

/** Longer than a test may take: whoever waited for it would fail. */
const PATIENT = { coalesceWait: 60 }

const validated = (c: Context, body: string) =>
  c.text(body, 200, { 'cache-control': 'no-cache', etag: `"${body}"` })

onBothStores('coalescing', (open) => {
  test('500 concurrent requests of one cold key run the handler once', async () => {
    const site = crowd(open({ timeout: 20_000 }))
    await site.lead()
    const { answers } = await site.follow(...times(499))
    site.gate.open()
    const bodies = (await answers).map(({ body }) => body)
    expect([site.runs(), ...new Set(bodies)]).toEqual([1, 'one'])
    expect(site.events.filter(({ type }) => type === 'shared')).toHaveLength(499)
  })

  test('who shares says so, and has all of the answer', async () => {
    const site = crowd(open(), {}, (c, body) => c.text(body, 200, { 'x-made': body }))
    const { answer } = await site.lead()
    const { answers } = await site.follow(undefined)
    site.gate.open()
    const [shared] = await answers
    expect(shared).toMatchObject({ status: 200, body: 'one', cache: 'fwd=uri-miss; ttl=60; collapsed' })
    expect(shared!.headers.get('x-made')).toBe('one')
    expect((await answer).cache).toBe('fwd=uri-miss; stored')
    await site.settle()
    expect(site.transcript()).toEqual([
      'miss GET /page {reason: uri-miss}',
      'miss GET /page {reason: uri-miss}',
      'shared GET /page',
      'stored GET /page {seconds: 60}',
    ])
  })

  test('who shares names the key, where the app wants it named', async () => {
    const site = crowd(open({ statusKey: true }))
    await site.lead()
    const { answers } = await site.follow(undefined)
    site.gate.open()
    expect((await answers)[0]!.cache).toMatch(/^fwd=uri-miss; ttl=60; collapsed; key="[0-9a-f]{32}"$/)
  })

  test('a stale entry is made anew once', async () => {
    const site = crowd(open(), {}, (c, body) => c.text(body))
    site.gate.open()
    await site.get('/page')
    pass(70)
    const again = site.again()
    const { answers } = await site.follow(...times(3))
    again.open()
    expect((await answers).map(({ body }) => body)).toEqual(['two', 'two', 'two'])
    expect((await answers).map(({ cache }) => cache).sort()).toEqual([
      'fwd=stale; stored',
      'fwd=stale; ttl=60; collapsed',
      'fwd=stale; ttl=60; collapsed',
    ])
  })

  test('with coalesce: false each request runs the handler itself', async () => {
    const site = crowd(open(), { ...PATIENT, coalesce: false })
    const { answer } = await site.lead()
    const { answers } = await site.follow(...times(2))
    expect((await answers).map(({ body }) => body)).toEqual(['two', 'three'])
    site.gate.open()
    expect((await answer).body).toBe('one')
  })

  test('a leader that hangs, or whose request is gone, holds nobody for longer than coalesceWait', async () => {
    const site = crowd(open(), { coalesceWait: 0.05 })
    const { answer } = await site.lead()
    const { answers } = await site.follow(...times(2))
    expect((await answers).map(({ body }) => body)).toEqual(['two', 'three'])
    site.gate.open()
    expect((await answer).body).toBe('one')
  })

  test('a HEAD leads nobody, and follows a GET', async () => {
    const site = crowd(open(), PATIENT)
    await site.lead({ method: 'HEAD' })
    const { answers } = await site.follow(undefined)
    expect((await answers)[0]!.body).toBe('two')
    site.gate.open()

    const other = crowd(open())
    const { answer } = await other.lead()
    const following = await other.follow({ method: 'HEAD' })
    other.gate.open()
    expect((await following.answers)[0]).toMatchObject({ body: '', cache: 'fwd=uri-miss; ttl=60; collapsed' })
    expect([(await answer).body, other.runs()]).toEqual(['one', 1])
  })

  test('a body that is too large, or no end of which is known, is nobody else’s: all run it at once', async () => {
    for (const type of ['text/plain', 'text/event-stream']) {
      const site = crowd(open(), { maxBodyBytes: 10, ...PATIENT }, (c, body) => {
        c.header('content-type', type)
        return stream(c, async (out) => void (await out.write(`${body}, and more than ten bytes`)))
      })
      const { answer } = await site.lead()
      const { answers } = await site.follow(...times(2))
      site.gate.open()
      const bodies = [await answer, ...(await answers)].map(({ body }) => body.slice(0, 5))
      expect(bodies.sort(), type).toEqual(['one, ', 'three', 'two, '])
    }
  })

  test.each<[string, RequestInit[], (c: Context, body: string) => Response]>([
    ['an answer that is validated before each use', times(3) as RequestInit[], validated],
    [
      'an answer, where those who wait want a validation',
      times(3, { headers: { 'cache-control': 'no-cache' } }) as RequestInit[],
      (c, body) => c.text(body, 200, { 'cache-control': 'max-age=60', etag: `"${body}"` }),
    ],
    [
      'a part, where those who wait want another',
      ['10-14', '20-24', '30-34'].map((part) => ({ headers: { range: `bytes=${part}` } })),
      (c) => {
        const [first, last] = /(\d+)-(\d+)/
          .exec(c.req.header('range') ?? '')!
          .slice(1)
          .map(Number)
        const fields = { 'cache-control': 'max-age=60', 'content-range': `bytes ${first}-${last}/99` }
        return c.body('x'.repeat(last! - first! + 1), 206, fields)
      },
    ],
  ])('%s: all run it at once, and not one after the other', async (_, inits, respond) => {
    const site = crowd(open(), { policy: 'standard', ...PATIENT }, respond)
    const { answer } = await site.lead({ headers: { range: 'bytes=0-4' } })
    const { answers } = await site.follow(...inits)
    const second = site.again()
    site.gate.open()
    await until(() => site.runs() === 4)
    second.open()
    await Promise.all([answer, answers])
  })

  test('for what is validated before each use nobody waits any more', async () => {
    const site = crowd(open(), { policy: 'standard', ...PATIENT }, validated)
    const { answer } = await site.lead()
    const following = await site.follow(undefined)
    const second = site.again()
    site.gate.open()
    await until(() => site.runs() === 2)
    const late = await site.follow(undefined)
    await until(() => site.runs() === 3)
    second.open()
    await Promise.all([answer, following.answers, late.answers])
  })

  test('a cache() inside every() does not wait for the request that it is a part of', async () => {
    const site = open()
    const patient = { ...PATIENT, autoVary: false }
    site.app.use(cache(patient))
    site.app.get('/page', every(cache(patient)), (c) => c.text('made'))
    expect((await site.get('/page')).body).toBe('made')
  })
})
