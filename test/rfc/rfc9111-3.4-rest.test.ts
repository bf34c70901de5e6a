/** RFC 9111 §3.4: which rest of a stored part is asked for, and which is of its version. */
import { every } from 'hono/combine'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { gate } from '../support/gate.ts'
import { at, fresh, originAt, type Reply } from '../support/origin.ts'
import { onBothStores } from '../support/stores.ts'
import { ask, BODY, part, WHOLE } from './ranges.ts'

/** Of which only a date tells the version. */
const dated = (first: number, body: string, date: Record<string, string>): Reply => ({
  ...part(first, body),
  headers: {
    ...fresh(60),
    'content-range': `bytes ${first}-${first + body.length - 1}/10`,
    'last-modified': at(-9),
    ...date,
  },
})

onBothStores('the rest of a part', (open) => {
  test.each<[string, Record<string, string>, number]>([
    ['a second and more after its last change is joined by that', { date: at(-8) }, 2],
    ['we do not know when, since it says none, as well: it came now', {}, 2],
    ['in the very second of its last change is not: it may have changed again', { date: at(-9) }, 3],
  ])('that was made %s', async (_, date, times) => {
    const site = originAt(open(), [dated(0, '0123', date), dated(4, '456789', { date: at(0) }), WHOLE])
    await site.get('/page', ask('bytes=0-3'))
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY })
    expect(site.asked).toHaveLength(times)
  })

  test('has a length, which is not that of the whole', async () => {
    const site = originAt(open(), [part(0, '0123'), part(4, '456789', { 'content-length': '6' })])
    await site.get('/page', ask('bytes=0-3'))
    const { body, headers } = await site.get('/page')
    expect([body, headers.has('content-length')]).toEqual([BODY, false])
  })

  test('is not what a HEAD asks for: it has no body that could be joined', async () => {
    const site = originAt(open(), [part(0, '0123'), WHOLE])
    await site.get('/page', ask('bytes=0-3'))
    expect((await site.get('/page', { method: 'HEAD' })).status).toBe(200)
    expect(site.asked[1]!.headers.has('range')).toBe(false)
  })

  test('is not asked for where the handler could not be asked again, for all of it', async () => {
    const site = open()
    const ranges: (string | undefined)[] = []
    site.app.get('/page', every(cache({ policy: 'standard' })), (c) => {
      const range = c.req.header('range')
      ranges.push(range)
      const { body, ...init } = range ? part(0, '0123') : WHOLE
      return new Response(body, init)
    })
    await site.get('/page', ask('bytes=0-3'))
    expect((await site.get('/page')).body).toBe(BODY)
    expect(ranges).toEqual(['bytes=0-3', undefined])
  })

  test('of another version is no page of nothing where middleware above does not wait for the whole', async () => {
    const slow = gate()
    const site = open()
    site.app.use((_, next) => Promise.race([next(), slow.arrived]))
    const replies = [part(0, '0123'), part(4, '456789', { etag: '"v2"' })]
    site.app.get('/page', cache({ policy: 'standard' }), async () => {
      const reply = replies.shift()
      if (!reply) await slow.pass()
      const { body, ...init } = reply ?? WHOLE
      return new Response(body, init)
    })
    await site.get('/page', ask('bytes=0-3'))
    expect((await site.get('/page')).status).toBe(500)
    slow.open()
  })
})
