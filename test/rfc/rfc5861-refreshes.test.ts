/** RFC 5861 §3: how often an answer is refreshed behind it, and what is refreshed before it. */
import { every } from 'hono/combine'
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { gate } from '../support/gate.ts'
import { fresh, originAt, type Reply } from '../support/origin.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const GOOD: Reply = { headers: fresh(60) }
const WINDOW = { staleWhileRevalidate: 100 }

onBothStores('how often it runs', (open) => {
  test('once per key at a time, and again when it is done', async () => {
    const site = originAt(open(), [GOOD], WINDOW)
    for (const path of ['/a', '/b']) await site.get(path)
    pass(70)
    const answers = await Promise.all(['/a', '/a', '/a', '/b', '/b'].map((path) => site.fetch(path)))
    for (const answer of answers) await answer.text()
    await site.settle()
    expect(site.asked).toHaveLength(4)
    pass(70)
    await site.get('/a')
    expect(site.asked).toHaveLength(5)
  })

  test('one that died with its request does not stand in the way for ever', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ expire: 60, staleWhileRevalidate: 1000 }), async (c) => {
      const text = made()
      if (text === 'two') await new Promise<never>(() => {})
      return c.text(text)
    })
    await site.get('/page')
    const times = async () => (await site.fetch('/page')).text()
    pass(70)
    await times()
    pass(29)
    await times()
    pass(2)
    await times()
    // The third run of the handler, and not a fourth: the one at 29 seconds was still waited for.
    await expect.poll(times).toBe('three')
  })

  test('one that was frozen with its process, after it had read its data, does not replace what others made', async () => {
    const site = open()
    const { arrived, pass: wait, open: thaw } = gate()
    let data = 'one'
    let freezes = false
    site.app.get('/page', cache({ expire: 60, staleWhileRevalidate: 1000 }), async (c) => {
      const text = data
      if (freezes) {
        freezes = false
        await wait()
      }
      return c.text(text)
    })
    await site.get('/page')
    pass(70)
    freezes = true
    expect(await (await site.fetch('/page')).text()).toBe('one')
    await arrived
    data = 'two'
    pass(61)
    await (await site.fetch('/page')).text()
    await expect.poll(async () => (await site.fetch('/page')).text()).toBe('two')
    thaw()
    await site.settle()
    expect((await site.get('/page')).body).toBe('two')
    expect(site.transcript()).toContain('not-stored GET /page {reason: cut-short, detail: refresh}')
  })

  test('a platform that is told of it keeps it alive', async () => {
    const kept: Promise<unknown>[] = []
    const site = open({ waitUntil: (promise) => void kept.push(promise) })
    const made = counter()
    site.app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => c.text(made()))
    await site.get('/page')
    await Promise.all(kept.splice(0))
    pass(70)
    await (await site.fetch('/page')).text()
    while (kept.length > 0) await Promise.all(kept.splice(0))
    expect(await (await site.fetch('/page')).text()).toBe('two')
  })
})

onBothStores('what cannot be run again is refreshed before the answer', (open) => {
  test.each<[string, (site: ReturnType<typeof open>, made: () => string) => void]>([
    [
      'inside every()',
      ({ app }, made) => app.get('/page', every(cache({ expire: 60, ...WINDOW })), (c) => c.text(made())),
    ],
    [
      'below a renderer',
      ({ app }, made) => {
        app.use(async (c, next) => {
          c.setRenderer((content) => c.html(`<b>${content}</b>`))
          await next()
        })
        app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => c.text(made()))
      },
    ],
    [
      'below a method that middleware has put in the place of one',
      ({ app }, made) => {
        app.use(async (c, next) => {
          const { text } = c
          c.text = ((content: string) => text(`<b>${content}</b>`)) as typeof text
          await next()
        })
        app.get('/page', cache({ expire: 60, ...WINDOW }), (c) => c.text(made()))
      },
    ],
    [
      'with a body, which has been read',
      ({ app }, made) =>
        app.on('QUERY', '/page', cache({ methods: ['QUERY'], expire: 60, ...WINDOW }), async (c) =>
          c.text(`${made()}${await c.req.text()}`),
        ),
    ],
  ])('%s', async (story, build) => {
    const site = open()
    build(site, counter())
    const get = () => site.get('/page', story.startsWith('with a body') ? { method: 'QUERY', body: '!' } : {})
    const { body } = await get()
    pass(70)
    const refreshed = await get()
    expect(refreshed.body).toBe(body.replace('one', 'two'))
    expect(refreshed.cache).toBe('fwd=stale; stored')
    expect((await get()).cache).toBe('hit; ttl=60')
  })
})
