/** Every form of `clear()`: its whole scope with all its variants, and nothing beside it. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { type ClearTarget, cache } from '../../src/index.ts'
import { nextTurn } from '../support/gate.ts'
import type { Site } from '../support/site.ts'
import { type Open, onBothStores } from '../support/stores.ts'

const PAGES = ['/catalog/1', '/catalog/2', '/catalog/2?page=2', '/static', '/built/7', '/other']

/** A site of pages in all kinds of scopes, in two languages each, all of them stored. */
async function stocked(open: Open): Promise<Site> {
  const site = open()
  const { app } = site
  const vary = { vary: 'accept-language' }
  const tags = (id: string | undefined) => [`product:${id}`, 'all products']
  app.get('/catalog/:id', cache({ namespace: 'catalog', tags: (c) => tags(c.req.param('id')) }), (c) =>
    c.text('made', 200, vary),
  )
  app.get('/static', cache({ key: 'front' }), (c) => c.text('made', 200, vary))
  app.get('/built/:id', cache({ namespace: 'built', keyBuilder: (c) => `id ${c.req.param('id')}` }), (c) =>
    c.text('made', 200, vary),
  )
  app.get('/other', cache(), (c) => c.text('made', 200, vary))
  await visitAll(site)
  expect(await visitAll(site)).toEqual([])
  return site
}

/** The pages that had to be made anew, in any of their languages. */
async function visitAll(site: Site): Promise<string[]> {
  const anew = new Set<string>()
  for (const language of ['de', 'en']) {
    for (const page of PAGES) {
      const { cache } = await site.get(page, { headers: { 'accept-language': language } })
      if (!cache?.startsWith('hit')) anew.add(`${page} ${language}`)
    }
  }
  return [...anew].sort()
}

const inBoth = (...pages: string[]) => pages.flatMap((page) => [`${page} de`, `${page} en`]).sort()

const FORMS: [target: ClearTarget, anew: string[]][] = [
  [{ namespace: 'catalog' }, ['/catalog/1', '/catalog/2', '/catalog/2?page=2']],
  [{ namespace: 'default' }, ['/static', '/other']],
  [{ namespace: 'nobody' }, []],
  [{ tag: 'product:2' }, ['/catalog/2', '/catalog/2?page=2']],
  [{ tags: ['product:1', 'all products'] }, ['/catalog/1', '/catalog/2', '/catalog/2?page=2']],
  [{ tags: ['product:1', 'product:1'] }, ['/catalog/1']],
  [{ tags: [] }, []],
  [{ path: '/catalog/2' }, ['/catalog/2', '/catalog/2?page=2']],
  [{ path: '/catalog' }, []],
  [{ key: 'front' }, ['/static']],
  [{ key: 'front', namespace: 'catalog' }, []],
  [{ key: 'id 7', namespace: 'built' }, ['/built/7']],
]

onBothStores('clear', (open) => {
  test('clear() makes everything anew', async () => {
    const site = await stocked(open)
    expect(await site.clear()).toBe(true)
    expect(await visitAll(site)).toEqual(inBoth(...PAGES))
    expect(await visitAll(site)).toEqual([])
  })

  test.each(FORMS)('clear(%j) makes %j anew', async (target, anew) => {
    const site = await stocked(open)
    expect(await site.clear(target)).toBe(true)
    expect(await visitAll(site)).toEqual(inBoth(...anew))
    expect(await visitAll(site)).toEqual([])
  })

  test.each([
    ['/städte/köln bonn', '/st%C3%A4dte/k%C3%B6ln%20bonn'],
    ['/st%C3%A4dte/k%c3%b6ln%20bonn/', '/städte/köln bonn'],
    ['/a', '/a/'],
    ['/a/', '/a'],
    ['/', '/'],
    ['/100%', '/100%'],
    ['/a%2Fb', '/a%2Fb'],
  ])('a path is what a person types: %s clears %s', async (path, requested) => {
    const site = open()
    site.app.get('*', cache(), (c) => c.text('made'))
    await site.get(requested)
    await site.get('/beside')
    await site.clear({ path })
    expect((await site.get(requested)).cache).toBe('fwd=miss; stored')
    expect((await site.get('/beside')).cache).toBe('hit; ttl=60')
  })

  test('a path is cleared on every host', async () => {
    const site = open()
    site.app.get('*', cache(), (c) => c.text('made'))
    const urls = ['http://a.example/page', 'https://b.example/page?x=1']
    for (const url of urls) await site.get(url)
    await site.clear({ path: '/page' })
    for (const url of urls) expect((await site.get(url)).cache).toBe('fwd=miss; stored')
  })

  test.each([
    undefined,
    null,
    'catalog',
    {},
    { tag: undefined },
    { tag: '' },
    { tags: ['a', undefined] },
    { tags: 'a' },
    { namespace: 1 },
    { namespace: 'a', tag: 'b' },
    { key: 'a', path: '/b' },
    { namepsace: 'a' },
    { path: 'page' },
    { path: '/page?x=1' },
  ])('clear(%j) names no scope or two, and throws: a typo must not clear everything', async (target) => {
    const site = open()
    site.app.get('/page', cache(), (c) => c.text('made'))
    await site.get('/page')
    await expect(site.clear(target as unknown as ClearTarget)).rejects.toThrow(TypeError)
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('a mistaken one that nobody awaits ends no process: the answer goes out, and it is told', async () => {
    const site = open()
    const unheard = vi.fn()
    process.on('unhandledRejection', unheard)
    onTestFinished(() => void process.off('unhandledRejection', unheard))
    site.app.post('/products', (c) => {
      void c.get('cache').clear({ tag: undefined } as unknown as ClearTarget)
      return c.body(null, 204)
    })
    expect((await site.get('/products', { method: 'POST' })).status).toBe(204)
    expect(site.transcript()).toEqual([
      'misconfigured POST /products {detail: clear({ tag }): tag must be a string that is not empty; got undefined}',
    ])
    await nextTurn()
    expect(unheard).not.toHaveBeenCalled()
  })

  test('it is told as an event', async () => {
    const site = open()
    await site.clear({ tags: ['a', 'b c'] })
    await site.clear()
    await site.clear({ tags: [] })
    expect(site.transcript()).toMatchInlineSnapshot(`
      [
        "clear POST /clear {scopes: t:a,t:b%20c, confirmed: true}",
        "clear POST /clear {scopes: a, confirmed: true}",
      ]
    `)
  })
})
