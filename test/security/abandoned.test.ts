/**
 * Whoever hangs up gets no answer, and must not choose that of the others: a handler that is told by its signal may stop
 * half-way, or make do with less.
 */
import type { Context } from 'hono'
import { describe, expect, test } from 'vitest'
import { type CacheOptions, cache, memoize, memoryStore } from '../../src/index.ts'
import { collectGarbage } from '../support/garbage.ts'
import { type Gate, gate, nextTurn, until } from '../support/gate.ts'
import { run } from '../support/running.ts'
import { openSite, type Site } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

const ended = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

/** Hangs up while the handler waits for its rows, which are there when all is done. */
async function askAndHangUp(site: Site, path: string, rows: Gate): Promise<void> {
  const client = new AbortController()
  const asked = site.fetch(path, { signal: client.signal })
  await rows.arrived
  client.abort()
  await asked
  await site.settle()
  rows.open()
}

/** Hangs up while three others wait for the same answer; what these get, once one of them has asked the handler. */
async function hangUpBeforeOthers(
  site: Site,
  path: string,
  rows: Gate,
  runs: () => number,
): Promise<string[]> {
  const misses = () => site.events.filter(({ type }) => type === 'miss').length
  const missed = misses()
  const client = new AbortController()
  const asked = site.fetch(path, { signal: client.signal }).catch(() => 'gone')
  await rows.arrived
  const ran = runs()
  const others = [1, 2, 3].map(async () => (await site.fetch(path)).text())
  await until(() => misses() === missed + 4)
  client.abort()
  await asked
  await until(() => runs() > ran)
  rows.open()
  const answers = await Promise.all(others)
  await site.settle()
  return answers
}

const OPTIONS: [string, CacheOptions][] = [
  ['observed', { expire: 60 }],
  ['not observed', { expire: 60, autoVary: false }],
  ['in standard', { expire: 60, policy: 'standard' }],
]

type Load = (asked: { signal: AbortSignal }) => Promise<string[]>

const WAYS: [string, (site: Site, load: Load) => void][] = [
  ['answer', ({ app }, load) => app.get('/list', cache(), async (c) => c.json(await load(c.req.raw)))],
  [
    'value',
    ({ app }, load) => {
      const shared = memoize(load, { name: 'load', exclude: ['signal'] })
      app.get('/list', async (c) => c.json(await shared(c, { signal: c.req.raw.signal })))
    },
  ],
]

const ENDS: [string, () => string[]][] = [
  ['makes do with less', () => []],
  [
    'throws, as fetch() does with that signal',
    () => {
      throw new DOMException('The operation was aborted', 'AbortError')
    },
  ],
  [
    "throws the reason of Node's adapter, which is no Error, so that Hono passes it on",
    () => {
      throw 'Client connection prematurely closed.'
    },
  ],
]

onBothStores('a client that hangs up', (open) => {
  test.each(OPTIONS)('%s: leaves nobody the list that was made without its rows', async (_, options) => {
    const site = open()
    const rows = gate()
    site.app.get('/list', cache(options), async (c) => {
      const { signal } = c.req.raw
      return c.json(await Promise.race([rows.pass().then(() => ['a', 'b']), ended(signal).then(() => [])]))
    })
    await askAndHangUp(site, '/list', rows)
    expect((await site.get('/list')).body).toBe('["a","b"]')
    expect(site.transcript()).toContain(
      'not-stored GET /list {reason: cut-short, detail: its client has gone}',
    )
    expect(await site.get('/list')).toMatchObject({ body: '["a","b"]', cache: 'hit; ttl=60' })
  })

  test.each(OPTIONS)('%s: leaves nobody the half of a page that ends where it went', async (_, options) => {
    const site = open()
    const row = gate()
    const chunks = (c: Context) => {
      let left = 3
      return new ReadableStream({
        async pull(controller) {
          if (left-- === 0 || c.req.raw.signal.aborted) return controller.close()
          controller.enqueue(new TextEncoder().encode(`row ${left} `))
          if (left === 2) await row.pass()
        },
      })
    }
    const client = new AbortController()
    site.app.get('/page', cache(options), (c) => c.body(chunks(c)))
    const answer = await site.fetch('/page', { signal: client.signal })
    client.abort()
    row.open()
    expect(await answer.text()).toBe('row 2 ')
    await site.settle()
    for (const cache of [/^fwd=uri-miss; stored/, /^hit/])
      expect(await site.get('/page')).toMatchObject({
        body: 'row 2 row 1 row 0 ',
        cache: expect.stringMatching(cache),
      })
  })

  test('leaves nobody the value of a function that was given its signal', async () => {
    const site = open()
    const rows = gate()
    const load = memoize(
      async ({ signal }: { signal: AbortSignal }) =>
        Promise.race([rows.pass().then(() => ['a']), ended(signal).then(() => [])]),
      { name: 'load', exclude: ['signal'] },
    )
    site.app.get('/list', async (c) => c.json(await load(c, { signal: c.req.raw.signal })))
    await askAndHangUp(site, '/list', rows)
    expect((await site.get('/list')).body).toBe('["a"]')
    await site.get('/list')
    expect(site.transcript().at(-1)).toMatch(/^hit GET memoize load/)
  })

  describe.each(WAYS)('leaves those who wait for its %s to wait for that of one of them', (_, way) => {
    test.each(ENDS)('where it %s', async (_, atEnd) => {
      const site = open()
      const rows = gate()
      let runs = 0
      site.app.onError((_, c) => c.text('gone', 500))
      way(site, async ({ signal }) => {
        runs++
        return Promise.race([rows.pass().then(() => ['a']), ended(signal).then(atEnd)])
      })
      const answers = await hangUpBeforeOthers(site, '/list', rows, () => runs)
      expect(answers).toEqual(['["a"]', '["a"]', '["a"]'])
      expect(runs).toBe(2)
    })
  })

  test.each(OPTIONS)('%s: so it does where what it fetched ends with an error', async (_, options) => {
    const site = open()
    const rows = gate()
    let runs = 0
    site.app.get('/page', cache(options), (c) => {
      runs++
      const { signal } = c.req.raw
      const body = new ReadableStream({
        async pull(controller) {
          await Promise.race([rows.pass(), ended(signal).then(ENDS[1]![1])])
          controller.enqueue(new TextEncoder().encode('whole'))
          controller.close()
        },
      })
      return c.body(body)
    })
    const answers = await hangUpBeforeOthers(site, '/page', rows, () => runs)
    expect(answers).toEqual(['whole', 'whole', 'whole'])
    expect(runs).toBe(2)
  })

  test.each<[string, CacheOptions, () => void]>([
    ['is confirmed', { expire: 1 }, () => {}],
    ['is not, so that it stands in', { expire: 1, staleIfError: 60 }, ENDS[1]![1]],
    ['is not, by what is no Error', { expire: 1, staleIfError: 60 }, ENDS[2]![1]],
  ])('leaves those who wait until a page %s to wait for one of them', async (_, options, atEnd) => {
    const site = open()
    const rows = gate()
    let runs = 0
    site.app.onError((_, c) => c.text('gone', 500))
    site.app.get('/page', cache(options), async (c) => {
      runs++
      if (!c.req.header('if-none-match')) return c.text('page', 200, { etag: '"1"' })
      await Promise.race([rows.pass(), ended(c.req.raw.signal).then(atEnd)])
      return c.body(null, 304)
    })
    await site.get('/page')
    pass(2)
    const answers = await hangUpBeforeOthers(site, '/page', rows, () => runs)
    expect(answers).toEqual(['page', 'page', 'page'])
    expect(runs).toBe(3)
  })

  test('does not end the refresh behind its answer', async () => {
    const site = open()
    const rows = gate()
    let runs = 0
    site.app.get('/page', cache({ expire: 1, staleWhileRevalidate: 60 }), async (c) => {
      if (runs++ > 0) await rows.pass()
      return c.text(c.req.raw.signal.aborted ? 'half' : `page ${runs}`)
    })
    await site.get('/page')
    pass(2)
    const client = new AbortController()
    expect(await (await site.fetch('/page', { signal: client.signal })).text()).toBe('page 1')
    await rows.arrived
    client.abort()
    rows.open()
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'page 2', cache: 'hit; ttl=1' })
  })

  test('is noticed by a handler that was asked to confirm a page, however long that takes', async () => {
    const site = open()
    const rows = gate()
    site.app.get('/page', cache({ expire: 1 }), async (c) => {
      if (!c.req.header('if-none-match')) return c.text('page', 200, { etag: '"1"' })
      await Promise.race([rows.pass(), ended(c.req.raw.signal)])
      return c.text('gone', 200)
    })
    await site.get('/page')
    pass(2)
    const client = new AbortController()
    const asked = site.fetch('/page', { signal: client.signal })
    await rows.arrived
    // What was weakly held in this turn is not collected before the next one.
    await nextTurn()
    collectGarbage()
    client.abort()
    expect(await (await asked).text()).toBe('gone')
    await site.settle()
  })

  test('does not keep out what was made by a handler that does not care', async () => {
    const site = open()
    const client = new AbortController()
    site.app.get('/page', cache(), (c) => {
      client.abort()
      return c.text('whole')
    })
    await site.fetch('/page', { signal: client.signal })
    await site.settle()
    expect(await site.get('/page')).toMatchObject({ body: 'whole', cache: 'hit; ttl=60' })
  })
})

test('on Node, a client that closes its connection leaves nobody the list that was made without its rows', async () => {
  const site = openSite({ store: memoryStore() })
  const { pass, open: answer, arrived } = gate()
  site.app.get('/list', cache(), async (c) => {
    const rows = await Promise.race([pass().then(() => ['a']), ended(c.req.raw.signal).then(() => [])])
    return c.json(rows)
  })
  const server = await run(site.app)
  const client = new AbortController()
  const asked = server.get('/list', { signal: client.signal }).catch(() => 'gone')
  await arrived
  client.abort()
  expect(await asked).toBe('gone')
  await until(() => site.events.some(({ type }) => type === 'handled'))
  await site.settle()
  answer()
  expect((await server.get('/list')).body).toBe('["a"]')
  await server.stop()
})
