/**
 * Three users, and an origin behind `standard` that tells them by a cookie or a token: a page is one user's own, or all
 * have the same one and each a session of his own, with the fields that frameworks give such pages. Nobody is given what
 * was made for another, whatever clients ask for, whatever goes wrong, and whatever windows the route has.
 */
import type { Context } from 'hono'
import { expect, test } from 'vitest'
import { type CacheOptions, cache, memoryStore } from '../../src/index.ts'
import { type Seeded, seeded } from '../fixtures/seeded.ts'
import { openSite } from '../support/site.ts'
import { fakeDate, NOON, pass } from '../support/stores.ts'

const USERS = ['alice', 'bob', 'carol'] as const
type User = (typeof USERS)[number]

/** When each user's own page was last changed: who asks by his own date may have an older one than others. */
const changed = (owner: string) =>
  new Date(NOON.getTime() - (2 + USERS.indexOf(owner as User)) * 50_000_000).toUTCString()

/** None of them allows a cache to give a page to somebody else as it is. */
const CACHE_CONTROL = [
  undefined,
  'max-age=0',
  'public',
  'public, max-age=0',
  'public, no-cache',
  'no-cache',
  'must-revalidate',
  'max-age=0, must-revalidate',
  'private',
  'no-store',
  'max-age=60; private',
  'max-age=60 private',
  'max-age=0, stale-if-error=0',
  'no-cache, private',
]

interface Origin {
  readonly common: boolean
  readonly cacheControl: string | undefined
  readonly etag: '' | 'strong' | 'weak'
  readonly dated: boolean
  readonly setsCookie: boolean
  readonly varies: boolean
}

function originOf(random: Seeded): Origin {
  const cacheControl = random.pick(CACHE_CONTROL)
  return {
    common: random.chance(0.3),
    cacheControl,
    etag: random.pick(['', 'strong', 'weak'] as const),
    // What is public may be validated by its date alone, and be fresh because of it.
    dated: random.chance(0.5) && !cacheControl?.includes('public'),
    setsCookie: random.chance(0.5),
    varies: random.chance(0.3),
  }
}

const userOf = (headers: Headers): User =>
  USERS.find((user) => `${headers.get('cookie')} ${headers.get('authorization')}`.includes(user))!

function pageOf(
  { common, cacheControl, etag, dated, setsCookie, varies }: Origin,
  { req }: Context,
): Response {
  const { headers: asked } = req.raw
  const user = userOf(asked)
  const owner = common ? 'all' : user
  const headers = new Headers({ 'x-for': owner })
  if (etag) headers.set('etag', `${etag === 'weak' ? 'W/' : ''}"${owner}"`)
  if (dated) headers.set('last-modified', changed(owner))
  if (cacheControl) headers.set('cache-control', cacheControl)
  if (varies) headers.set('vary', 'Cookie, Authorization')
  const since = asked.get('if-modified-since')
  const isSame = asked.has('if-none-match')
    ? etag !== '' && asked.get('if-none-match')!.includes(`"${owner}"`)
    : since !== null && dated && Date.parse(changed(owner)) <= Date.parse(since)
  if (isSame) return new Response(null, { status: 304, headers })
  if (setsCookie) headers.set('set-cookie', `session=${user}`)
  const page = `page of ${owner}`
  if (!asked.has('range') || asked.has('if-range')) return new Response(page, { headers })
  headers.set('content-range', `bytes 5-${page.length - 1}/${page.length}`)
  return new Response(page.slice(5), { status: 206, headers })
}

const routeOf = (random: Seeded): CacheOptions => ({
  policy: 'standard',
  ...(random.chance(0.5) && { staleWhileRevalidate: 100 }),
  ...(random.chance(0.5) && { staleIfError: 100 }),
  ...(random.chance(0.3) && { refreshAhead: 0.3 }),
  ...(random.chance(0.3) && { lease: true, coalesceWait: 0.05 }),
})

const DEMANDS = ['max-stale', 'max-stale=100', 'no-cache', 'only-if-cached, max-stale', 'min-fresh=5']

function requestOf(user: User, random: Seeded): RequestInit {
  const headers = new Headers(
    random.chance(0.8) ? { cookie: `session=${user}` } : { authorization: `Bearer ${user}` },
  )
  if (random.chance(0.5)) headers.set('cache-control', random.pick(DEMANDS))
  if (random.chance(0.2)) headers.set('range', 'bytes=5-')
  if (random.chance(0.2)) headers.set('if-none-match', `"${user}"`)
  if (random.chance(0.2)) headers.set('if-modified-since', changed(user))
  return { method: random.pick(['GET', 'GET', 'GET', 'HEAD']), headers }
}

/** What of other users is in an answer. */
const leaked = (user: User, answer: Response, body: string): boolean => {
  const text = [body, answer.headers.get('x-for'), answer.headers.get('set-cookie')].join()
  return USERS.some((other) => other !== user && text.includes(other))
}

fakeDate()

test('nobody is given a page that was made for another', async () => {
  const leaks: unknown[] = []
  let hits = 0
  for (let story = 0; story < 1_500; story++) {
    const random = seeded(`story ${story}`)
    const origin = originOf(random)
    const route = routeOf(random)
    const { app, fetch, settle } = openSite({ store: memoryStore() })
    app.onError((_, c) => c.text('failed', 500))
    app.get('/page', cache(route), (c) => {
      if (random.chance(0.1)) throw new Error('down')
      return pageOf(origin, c)
    })
    for (let step = 0; step < 6; step++) {
      const together = Array.from({ length: 1 + random.int(3) }, async () => {
        const user = random.pick(USERS)
        const request = requestOf(user, random)
        const answer = await fetch('/page', request)
        const body = await answer.text()
        if (/hit|304|collapsed/.test(answer.headers.get('cache-status') ?? '')) hits++
        if (leaked(user, answer, body)) leaks.push({ story, origin, route, user, request, body })
      })
      await Promise.all(together)
      await settle()
      pass(random.pick([0, 1, 20, 70]))
    }
  }
  expect(leaks[0]).toBeUndefined()
  // Not by never storing anything.
  expect(hits).toBeGreaterThan(500)
})
