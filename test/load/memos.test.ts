/** `memoize()` under load: stale values, errors that the last good value stands in for, and one computation for many. */
import { expect, test } from 'vitest'
import { cache, type MemoizeOptions, memoize } from '../../src/index.ts'
import { gate, until } from '../support/gate.ts'
import { counter, type Site } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'

/** `/call?as=…` answers with what the memo gives for that argument. */
function serve(
  site: Site,
  options: Partial<MemoizeOptions<{ as: string }>>,
  compute: (as: string) => unknown,
) {
  const load = memoize(({ as }: { as: string }) => compute(as), { name: 'load', ...options })
  site.app.onError((error, c) => c.text(`failed: ${error.message}`, 500))
  site.app.get('/call', async (c) => c.text(String(await load(c, { as: c.req.query('as') ?? '' }))))
  const misses = () => site.events.filter(({ type }) => type === 'miss').length
  return { ...site, misses, body: async (as = '') => (await site.get(`/call?as=${as}`)).body }
}

onBothStores('memos under load', (open) => {
  test('concurrent calls with the same arguments compute once; others compute their own', async () => {
    const slow = gate()
    let runs = 0
    const site = serve(open(), {}, async (as) => {
      runs++
      await slow.pass()
      return `for ${as}`
    })
    const asked = ['a', 'b', 'a', 'a', 'b']
    const answers = Promise.all(asked.map(site.body))
    await until(() => site.misses() === asked.length)
    slow.open()
    expect(await answers).toEqual(['for a', 'for b', 'for a', 'for a', 'for b'])
    expect(runs).toBe(2)
  })

  // Nobody who waits in vain is done within the two seconds that he would wait.
  test('who waits for an error, or for nothing, computes at once', { timeout: 1_900 }, async () => {
    const outcomes: [string, () => unknown][] = [
      [
        'failed: one',
        () => {
          throw new Error('one')
        },
      ],
      ['undefined', () => undefined],
    ]
    for (const [body, outcome] of outcomes) {
      const slow = gate()
      let runs = 0
      const site = serve(open(), {}, async () => {
        if (++runs > 1) return 'good'
        await slow.pass()
        return outcome()
      })
      const first = site.body()
      await slow.arrived
      const others = [site.body(), site.body()]
      await until(() => site.misses() === 3)
      slow.open()
      expect([await first, ...(await Promise.all(others))]).toEqual([body, 'good', 'good'])
    }
  })

  test.each([1, 3])(
    'of %d calls that come after a clear none is given the value of before, and one computes for all',
    async (count) => {
      const slow = gate()
      const made = counter()
      const site = serve(open(), { tags: ['data'] }, async () => {
        const value = made()
        if (value === 'one') await slow.pass()
        return value
      })
      const first = site.body()
      await slow.arrived
      await site.clear({ tag: 'data' })
      const others = Array.from({ length: count }, () => site.body())
      await until(() => site.misses() === 1 + count)
      slow.open()
      expect(await first).toBe('one')
      expect(new Set(await Promise.all(others))).toEqual(new Set(['two']))
    },
  )

  test('within staleWhileRevalidate the stale value is given at once, and made anew once behind it', async () => {
    const made = counter()
    const slow = gate()
    const site = serve(open(), { staleWhileRevalidate: 600 }, async () => {
      const value = made()
      if (value !== 'one') await slow.pass()
      return value
    })
    expect(await site.body()).toBe('one')
    pass(70)
    for (let time = 0; time < 3; time++) expect(await (await site.fetch('/call?as=')).text()).toBe('one')
    slow.open()
    await site.settle()
    expect(await site.body()).toBe('two')
    pass(700)
    expect(await site.body()).toBe('three')
  })

  test('where there is none any more the stale value is given no longer', async () => {
    const values = ['one', undefined, undefined, 'two']
    const site = serve(open(), { staleWhileRevalidate: 600 }, () => values.shift())
    await site.body()
    pass(70)
    expect(await site.body()).toBe('one')
    expect([await site.body(), await site.body(), await site.body()]).toEqual(['undefined', 'two', 'two'])
  })

  test('within staleIfError the last good value stands in for an error; past it the error comes out', async () => {
    const made = counter()
    const site = serve(open(), { staleIfError: 600 }, () => {
      const value = made()
      if (value === 'one') return value
      throw new Error(value)
    })
    expect(await site.body()).toBe('one')
    pass(70)
    expect(await site.body()).toBe('one')
    const why = site.events.flatMap((event) => (event.type === 'miss' ? event.reason : []))
    expect(why).toEqual(['uri-miss', 'stale'])
    pass(700)
    expect(await site.body()).toBe('failed: three')
  })

  test('a refresh that fails is an event, and the last good value stays', async () => {
    const made = counter()
    const site = serve(open(), { staleWhileRevalidate: 600 }, () => {
      const value = made()
      if (value !== 'two') return value
      throw new Error('two')
    })
    await site.body()
    pass(70)
    expect(await site.body()).toBe('one')
    expect(site.transcript().at(-1)).toBe('not-stored GET memoize load {reason: error, detail: refresh}')
    expect(await site.body()).toBe('one')
    expect(await site.body()).toBe('three')
  })

  test('a refresh that took more than a minute, as one of a process that was frozen, is an event, too', async () => {
    const made = counter()
    const site = serve(open(), { staleWhileRevalidate: 600 }, () => {
      const value = made()
      if (value === 'two') pass(61)
      return value
    })
    await site.body()
    pass(70)
    expect(await site.body()).toBe('one')
    expect(site.transcript().at(-1)).toBe('not-stored GET memoize load {reason: cut-short, detail: refresh}')
    expect(await site.body()).toBe('one')
    expect(await site.body()).toBe('three')
  })

  test('a refresh that uses what was made later is not held back by the value that it replaces', async () => {
    const site = open()
    const made = counter()
    const inner = memoize(() => made(), { name: 'inner', tags: ['inner'], expire: 1_000 })
    let nested = false
    const outer = memoize(
      async ({ inner }: { inner: () => Promise<string> }) => (nested ? await inner() : 'plain'),
      { name: 'outer', exclude: ['inner'], staleWhileRevalidate: 600 },
    )
    site.app.get('/page', async (c) => c.text(await outer(c, { inner: () => inner(c, {}) })))
    expect((await site.get('/page')).body).toBe('plain')
    // What the refresh will be made of has been cleared since the stale value was made.
    await site.clear({ tag: 'inner' })
    nested = true
    pass(70)
    expect((await site.get('/page')).body).toBe('plain')
    expect((await site.get('/page')).body).toBe('one')
    // And belongs to it from then on.
    await site.clear({ tag: 'inner' })
    expect((await site.get('/page')).body).toBe('two')
  })

  test('a page made of a shared value belongs to its tags', async () => {
    const site = open()
    const slow = gate()
    const made = counter()
    const load = memoize(
      async () => {
        const value = made()
        if (value === 'one') await slow.pass()
        return value
      },
      { name: 'load', tags: ['data'] },
    )
    for (const path of ['/a', '/b'])
      site.app.get(path, cache({ expire: 1_000 }), async (c) => c.text(await load(c, {})))
    const both = Promise.all([site.get('/a'), site.get('/b')])
    await until(() => site.events.filter(({ type }) => type === 'miss').length === 4)
    slow.open()
    expect((await both).map(({ body }) => body)).toEqual(['one', 'one'])
    await site.clear({ tag: 'data' })
    expect([(await site.get('/a')).body, (await site.get('/b')).body]).toEqual(['two', 'two'])
  })

  test('a page made of a shared value is no newer than that: not stored where it was cleared since', async () => {
    const site = open()
    const slow = gate()
    const made = counter()
    const load = memoize(
      async () => {
        const value = made()
        if (value === 'two') await slow.pass()
        return value
      },
      { name: 'load' },
    )
    site.app.get('/call', async (c) => c.text(await load(c, {})))
    site.app.get('/page', cache(), async (c) => c.text(await load(c, {})))
    // So that the fences of the value are there, and what is made next can be told to be valid.
    await site.get('/call')
    pass(70)
    const first = site.get('/call')
    await slow.arrived
    await site.clear({ path: '/page' })
    const page = site.get('/page')
    await until(() => site.events.filter(({ type }) => type === 'miss').length === 4)
    slow.open()
    expect([(await first).body, (await page).body]).toEqual(['two', 'two'])
    expect(site.events).toContainEqual(expect.objectContaining({ type: 'shared', route: 'memoize load' }))
    expect(site.events).toContainEqual(
      expect.objectContaining({ type: 'not-stored', reason: 'cleared', route: '/page' }),
    )
  })
})
