/** A request that is described from memory is described as it would be without one. */
import fc from 'fast-check'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { createRecent } from '../../src/isolate/recent.ts'
import type { CacheOptions } from '../../src/options/options.ts'
import { resolveRoute } from '../../src/options/route.ts'
import { describe, describeAgain, type Named } from '../../src/request/describe.ts'

const OPTIONS: readonly CacheOptions[] = [
  {},
  { namespace: 'other' },
  { query: false },
  { query: { ignore: ['x'] } },
  { key: 'front' },
  { key: 'front', tags: ['t'] },
  { keyBuilder: (c) => c.req.header('x-key') },
  { tags: ['t', 'u'] },
  { tags: (c) => [c.req.header('x-key')] },
  { vary: ['x-key'] },
  { vary: { cookies: ['x-key'] } },
  { vary: { vars: ['key'] } },
  { methods: ['GET', 'POST'] },
]
const PATHS = [
  '/a',
  '/a/',
  '/a?x=1&y=2',
  '/a?y=2&x=1',
  '/%61',
  '/é',
  '/a#x',
  '/a/../a',
  `/${'a'.repeat(3000)}`,
]
const ORIGINS = ['http://shop.example', 'http://SHOP.example:80', 'http://127.1']

/** Two routes may answer one URL, and an app may find them by another path than that of the URL. */
const stories = fc.record({
  routes: fc.tuple(...[0, 1].map(() => fc.constantFrom(...OPTIONS.map(resolveRoute)))),
  urls: fc.tuple(...[0, 1].map(() => fc.tuple(fc.constantFrom(...ORIGINS), fc.constantFrom(...PATHS)))),
  requests: fc.array(
    fc.record({
      route: fc.nat(1),
      url: fc.nat(1),
      method: fc.constantFrom('GET', 'GET', 'HEAD', 'POST'),
      key: fc.constantFrom('1', '2', ''),
      exclude: fc.constantFrom([], ['key']),
      elsewhere: fc.constantFrom(null, null, '/elsewhere'),
      depth: fc.constantFrom(0, 0, 0, 1),
    }),
    { minLength: 2, maxLength: 8 },
  ),
})

/** Without what is not to be compared: a function. */
const plain = (described: Awaited<ReturnType<typeof describe>> | null) =>
  described && 'valueOf' in described ? { ...described, valueOf: null } : described

/** What can be reached from a value, functions and all. */
function reachable(value: unknown, found = new Set<unknown>()): Set<unknown> {
  if (found.has(value)) return found
  found.add(value)
  if (typeof value === 'object' && value !== null)
    for (const member of Object.values(value)) reachable(member, found)
  return found
}

test('whatever came before it', async () => {
  let again = 0
  await fc.assert(
    fc.asyncProperty(stories, async ({ routes, urls, requests }) => {
      const names = createRecent<Named>(3)
      for (const { method, key, exclude, elsewhere, depth, ...which } of requests) {
        const route = routes[which.route]!
        const getPath = (request: Request) => elsewhere ?? new URL(request.url).pathname
        const app = new Hono<{ Variables: { key: string } }>({ getPath })
        app.all('*', async (c) => {
          c.set('key', key)
          const asked = { c, route, state: { options: { exclude } }, connection: { names }, depth }
          const anew = plain(await describe({ ...asked, connection: { names: createRecent(1) } }))
          const remembered = plain(describeAgain(asked))
          if (remembered) {
            again++
            expect(remembered).toEqual(anew)
          }
          expect(plain(await describe(asked))).toEqual(anew)
          return c.body(null)
        })
        app.onError((error) => {
          throw error
        })
        const headers = { 'x-key': key, cookie: `x-key=${key}` }
        const body = method === 'POST' ? key : null
        await app.fetch(new Request(urls[which.url]!.join(''), { method, headers, body }))
      }
    }),
    { numRuns: 1_000 },
  )
  expect(again).toBeGreaterThan(100)
})

test('and nothing is kept alive that the functions of its route hold', async () => {
  const kept: Named[] = []
  const set = (_: string, named: Named) => void kept.push(named)
  const names = { get: () => undefined, set, delete: () => {} }
  const route = resolveRoute({ tags: () => ['t'], when: () => true })
  const app = new Hono()
  app.get('*', async (c) =>
    c.json(await describe({ c, route, state: { options: {} }, connection: { names }, depth: 0 })),
  )
  await app.request('/a')
  expect(kept).toHaveLength(1)
  expect([...reachable(kept)].filter((value) => typeof value === 'function')).toEqual([])
})
