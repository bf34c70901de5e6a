/** The options of a `cache()`, resolved: the defaults, one form for each option, and whose options win. */
import { describe, expect, test } from 'vitest'
import { PROFILES } from '../../src/http/profile.ts'
import { covers, declaredVary, isKeyedByUrl, resolveRoute, routeResolver } from '../../src/options/route.ts'

describe('defaults', () => {
  test('are those of the README', () => {
    expect(resolveRoute({})).toMatchObject({
      expire: undefined,
      namespace: 'default',
      namespaceScope: 'n:default',
      methods: ['GET', 'HEAD'],
      query: true,
      headers: [],
      cookies: [],
      vars: [],
      tags: [],
      etag: true,
      maxBodyBytes: 1_048_576,
      profile: PROFILES.safe,
      autoVary: true,
      staleWhileRevalidate: 0,
      staleIfError: 0,
      cacheControl: undefined,
      awaitStore: false,
    })
  })

  test('the standard policy has its own: such a handler sets its own Vary, unless asked for', () => {
    expect(resolveRoute({ policy: 'standard' })).toMatchObject({
      profile: PROFILES.standard,
      autoVary: false,
    })
    expect(resolveRoute({ policy: 'standard', autoVary: true }).autoVary).toBe(true)
    expect(resolveRoute({ policy: 'safe' })).toMatchObject({ profile: PROFILES.safe, autoVary: true })
  })
})

describe('one form for each option', () => {
  test('a lifetime without a status is that of 200 alone', () => {
    const seconds = () => 5
    expect(resolveRoute({ expire: 0 }).expire).toEqual({ 200: 0 })
    expect(resolveRoute({ expire: seconds }).expire).toEqual({ 200: seconds })
    expect(resolveRoute({ expire: { 404: 10 } }).expire).toEqual({ 404: 10 })
  })

  test('vary: an array means headers, and the order and case in which they are written mean nothing', () => {
    const headers = ['accept', 'x-b']
    expect(resolveRoute({ vary: ['X-B', 'Accept', 'accept'] })).toMatchObject({
      headers,
      cookies: [],
      vars: [],
    })
    expect(resolveRoute({ vary: { headers: ['accept', 'X-b'] } })).toMatchObject({ headers })
  })

  test('vary: names of cookies and variables keep their case', () => {
    const vary = { cookies: ['b', 'A', 'b'], vars: ['user.Id', 'tenant'] }
    expect(resolveRoute({ vary })).toMatchObject({ cookies: ['A', 'b'], vars: ['tenant', 'user.Id'] })
  })

  test('false and 0 are values, not absence', () => {
    expect(resolveRoute({ etag: false, query: false, maxBodyBytes: 0 })).toMatchObject({
      etag: false,
      query: false,
      maxBodyBytes: 0,
    })
  })
})

describe('headers that the key covers', () => {
  const route = resolveRoute({
    vary: { headers: ['Accept'], cookies: ['theme'], vars: ['user.id'], covers: ['Authorization'] },
  })

  test.each([
    ['accept', true],
    ['cookie', true],
    ['authorization', true],
    ['accept-language', false],
  ])('%s: %s', (header, covered) => {
    expect(covers(route, header)).toBe(covered)
  })

  test('cookies only where some are named', () => {
    expect(covers(resolveRoute({ vary: ['accept'] }), 'cookie')).toBe(false)
  })

  test('a downstream cache is told of each, once', () => {
    expect(declaredVary(route)).toEqual(['accept', 'cookie'])
    expect(declaredVary(resolveRoute({ vary: { headers: ['cookie'], cookies: ['a'] } }))).toEqual(['cookie'])
    expect(declaredVary(resolveRoute({}))).toEqual([])
  })
})

describe('the defaults of redisCache()', () => {
  const keyBuilder = () => 'built'

  test('hold where the route says nothing', () => {
    const routeFor = routeResolver({ namespace: 'own' })
    expect(routeFor({ namespace: 'all', expire: 9, etag: false })).toMatchObject({
      namespace: 'own',
      expire: { 200: 9 },
      etag: false,
    })
    expect(routeFor(undefined)).toMatchObject({ namespace: 'own', expire: undefined, etag: true })
  })

  test('options do not merge: a route’s own replaces that of the defaults', () => {
    const routeFor = routeResolver({ vary: ['accept'], expire: { 404: 1 } })
    expect(routeFor({ vary: ['dnt'], expire: { 200: 5 } })).toMatchObject({
      headers: ['accept'],
      expire: { 404: 1 },
    })
  })

  test.each([
    ['key', { key: 'own' }, { keyBuilder }, { key: 'own', keyBuilder: undefined }],
    ['no key', {}, { keyBuilder }, { key: undefined, keyBuilder }],
  ])('a route with %s of its own has that and no other kind', (_, own, defaults, expected) => {
    expect(routeResolver(own)(defaults)).toMatchObject(expected)
  })

  test('what is undefined is as if it were not there', () => {
    const nothing = { expire: undefined, namespace: undefined, vary: undefined, keyBuilder: undefined }
    const all = { expire: 9, namespace: 'all', vary: ['dnt'], keyBuilder }
    const route = routeResolver(nothing as object)(all)
    expect(route).toMatchObject({ expire: { 200: 9 }, namespace: 'all', headers: ['dnt'], keyBuilder })
    expect(routeResolver({ namespace: 'own' })(nothing as object)).toMatchObject({ namespace: 'own' })
    const inside = { query: { only: undefined, ignore: ['page'] }, vary: { headers: undefined, vars: ['a'] } }
    expect(routeResolver(inside as object)(undefined)).toMatchObject({
      query: { ignore: ['page'] },
      headers: [],
      vars: ['a'],
    })
    expect(routeResolver(inside as object)(undefined).query).not.toHaveProperty('only')
  })

  test.each([
    ['coalesce: false', { coalesce: false }, { lease: true }, { coalesce: false, lease: false }],
    ['lease: true', { lease: true }, { coalesce: false }, { coalesce: true, lease: true }],
    ['neither', {}, { lease: true }, { coalesce: true, lease: true }],
    ['neither', {}, { coalesce: false }, { coalesce: false, lease: false }],
  ])('a lease needs coalescing: of a route with %s, its own word counts', (_, own, defaults, expected) => {
    expect(routeResolver(own)(defaults)).toMatchObject(expected)
  })

  test('are resolved once for each redisCache() above, not for each request', () => {
    const routeFor = routeResolver({})
    const defaults = { expire: 5 }
    expect(routeFor(defaults)).toBe(routeFor(defaults))
    expect(routeFor({ expire: 5 })).not.toBe(routeFor(defaults))
    expect(routeFor(undefined)).toBe(routeFor(undefined))
  })
})

test.each([
  [true, {}],
  [true, { namespace: 'catalog', vary: { covers: [] } }],
  [false, { vary: ['accept'] }],
  [false, { vary: { cookies: ['theme'] } }],
  [false, { vary: { vars: ['user'] } }],
  [false, { vary: { headers: ['accept'], cookies: ['theme'] } }],
  [false, { vary: { headers: ['accept'], vars: ['user'] } }],
  [false, { vary: { cookies: ['theme'], vars: ['user'] } }],
  [false, { keyBuilder: () => 'built' }],
])('whether one URL has one key: %s for %j', (is, options) => {
  expect(isKeyedByUrl(resolveRoute(options))).toBe(is)
})
