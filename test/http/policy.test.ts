/**
 * The safe policy: may a response be stored, and for how long. Each clause with a response that nothing else objects
 * to, and the precedence of everything that names a lifetime. The standard policy is told in `test/rfc`.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fieldsOfEntry } from '../../src/http/fields.ts'
import { candidate, mayStore, type Objection, type Rules } from '../../src/http/policy.ts'
import { PROFILES } from '../../src/http/profile.ts'

const NOW = Date.UTC(2030, 0, 1, 12)
const date = (seconds: number) => new Date(NOW + seconds * 1000).toUTCString()

interface Given {
  readonly status?: number
  readonly headers?: HeadersInit
  /** Set by middleware above `cache()`. */
  readonly above?: HeadersInit
}

/** The verdict on a response; where nothing is said, a 200 of a route with `expire: 300`. */
function verdict({ status = 200, headers = {}, above = {} }: Given, rules: Partial<Rules> = {}) {
  const all = new Headers(headers)
  return mayStore(candidate(status, all, fieldsOfEntry(all, new Headers(above))), {
    profile: PROFILES.safe,
    expire: 300,
    staleWhileRevalidate: 0,
    staleIfError: 0,
    uncovered: ['cookie', 'authorization'],
    authorized: false,
    personal: false,
    method: 'GET',
    ranged: false,
    delay: 0,
    now: NOW,
    ...rules,
  })
}

const objection = (given: Given, rules?: Partial<Rules>) => {
  const found = verdict(given, rules)
  return 'reason' in found ? found : null
}

const PLAIN = { fresh: 60, age: 0, staleWhileRevalidate: 0, staleIfError: 0, validate: false, strict: false }

const UNDERSTOOD = [
  ...[200, 203, 204, 206, 300, 301, 302, 303, 307, 308, 400, 401, 403, 404, 405, 410, 414, 421, 451],
  ...[500, 501, 502, 503, 504],
]

const PART = { 'content-range': 'bytes 0-1/10' }

/** For how many seconds a response with these fields is fresh. */
const fresh = (headers: HeadersInit, expire?: number) => {
  const found = verdict({ headers }, { expire })
  return 'use' in found ? found.use.fresh : found.reason
}

describe('RFC 9111 §3 Storing Responses in Caches', () => {
  test('a plain response is stored', () => {
    expect(verdict({})).toEqual({ use: { ...PLAIN, fresh: 300 } })
  })

  /** For each objection, responses that nothing else speaks against. */
  const clauses: Record<Objection, readonly [given: Given, rules?: Partial<Rules>][]> = {
    partial: [
      [{ status: 206 }],
      [{ status: 304 }],
      [{ headers: PART }],
      [
        { status: 206, headers: PART },
        { profile: PROFILES.standard, method: 'POST' },
      ],
      [{ headers: PART }, { profile: PROFILES.standard, ranged: true }],
    ],
    status: [
      [{ status: 404 }, { expire: null }],
      [{ status: 404 }, { expire: undefined }],
      [{ status: 500 }, { expire: undefined }],
      [{ status: 203 }, { expire: undefined }],
      [{ status: 599, headers: { 'cache-control': 'must-understand' } }],
      [{ status: 404 }, { ranged: true }],
      [{ status: 412 }],
    ],
    'set-cookie': [[{ headers: { 'set-cookie': 'session=1' } }]],
    'no-store': [
      [{ headers: { 'cache-control': 'no-store' } }],
      [{ headers: { 'cache-control': 'no-store, must-understand' } }],
      [{ headers: { 'cache-control': 'max-age=60, No-Store' } }],
      [{ headers: { 'cdn-cache-control': 'no-store' } }],
      [{ headers: { 'cache-control': 'no-store', 'cdn-cache-control': 'max-age=60' } }],
      [{ headers: { 'cache-control': 'no-store' }, above: { 'cache-control': 'no-store' } }],
    ],
    private: [
      [{ headers: { 'cache-control': 'private' } }],
      [{ headers: { 'cache-control': 'private="x-id"' } }],
      [{ headers: { 'cdn-cache-control': 'private' } }],
    ],
    'no-cache': [
      [{ headers: { 'cache-control': 'no-cache' } }],
      [{ headers: { 'cache-control': 'no-cache="x-id", s-maxage=60' } }],
      [{ headers: { 'cdn-cache-control': 'no-cache' } }],
    ],
    'vary-star': [
      [{ headers: { vary: '*' } }],
      [{ headers: { vary: 'accept, *' } }],
      [{ headers: { vary: '*' }, above: { vary: '*' } }],
    ],
    'vary-cookie': [
      [{ headers: { vary: 'Accept, Cookie' } }],
      [{ headers: { vary: 'cookie' } }, { uncovered: ['cookie'] }],
    ],
    'vary-authorization': [
      [{ headers: { vary: 'Authorization' } }],
      [{ headers: { vary: 'authorization' } }, { uncovered: ['authorization'] }],
    ],
    authorization: [
      [{}, { authorized: true }],
      [{ headers: { 'cache-control': 'max-age=60' } }, { authorized: true }],
    ],
    'event-stream': [
      [{ headers: { 'content-type': 'text/event-stream' } }],
      [{ headers: { 'content-type': 'Text/Event-Stream; charset=utf-8' } }],
    ],
    'transfer-encoding': [[{ headers: { 'transfer-encoding': 'chunked' } }]],
    'not-fresh': [
      [{}, { expire: 0 }],
      [{ headers: { 'cache-control': 's-maxage=0' } }],
      [{ headers: { 'cache-control': 's-maxage=60', age: '60' } }],
    ],
  }

  describe.each(Object.entries(clauses))('%s', (reason, cases) => {
    test.each(cases.map(([given, rules = {}]) => ({ given, rules })))(
      'keeps out $given with $rules',
      ({ given, rules }) => {
        expect(objection(given, rules)).toEqual({ reason })
      },
    )
  })

  test.each<[string, Given, Partial<Rules>?]>([
    ['a status that the route names', { status: 404 }, { expire: 10 }],
    [
      'a cookie that middleware above sets',
      { headers: { 'set-cookie': 'a=1' }, above: { 'set-cookie': 'a=1' } },
    ],
    [
      'what varies on a cookie that is in the key',
      { headers: { vary: 'cookie' } },
      { uncovered: ['authorization'] },
    ],
    [
      'what varies on credentials that are in the key',
      { headers: { vary: 'authorization' } },
      { uncovered: ['cookie'] },
    ],
    [
      'what may be shared though it was asked for with credentials',
      { headers: { 'cache-control': 'public' } },
      { authorized: true },
    ],
    ['s-maxage, which says so too', { headers: { 'cache-control': 's-maxage=60' } }, { authorized: true }],
    [
      'must-revalidate, which says so too',
      { headers: { 'cache-control': 'must-revalidate' } },
      { authorized: true },
    ],
    [
      'public for CDNs, which says so too',
      { headers: { 'cdn-cache-control': 'public' } },
      { authorized: true },
    ],
    ['what varies on an ordinary header', { headers: { vary: 'accept-language' } }],
    ['a type that begins like that of event streams', { headers: { 'content-type': 'text/event-stream2' } }],
    ['a directive that begins like no-store', { headers: { 'cache-control': 'no-storey, x="no-store"' } }],
    ['must-revalidate', { headers: { 'cache-control': 'must-revalidate' } }],
    ...UNDERSTOOD.map((status): [string, Given, Partial<Rules>] => [
      `a ${status} that must be understood`,
      { status, headers: { 'cache-control': 'max-age=60, must-understand', ...(status === 206 && PART) } },
      { profile: PROFILES.standard },
    ]),
  ])('does not keep out %s', (_, given, rules) => {
    expect(objection(given, rules)).toBeNull()
  })
})

describe('RFC 9111 §4.2.1 Calculating Freshness Lifetime', () => {
  // Each beats those below it.
  const shared: [string, string] = ['cdn-cache-control', 'max-age=1']
  const sMaxage: [string, string] = ['cache-control', 's-maxage=2']
  const maxAge: [string, string] = ['cache-control', 'max-age=4']
  const expires: [string, string] = ['expires', date(5)]

  test.each<[string, [string, string][], number | undefined, number]>([
    [
      'CDN-Cache-Control beats s-maxage, expire, max-age and Expires',
      [shared, sMaxage, maxAge, expires],
      3,
      1,
    ],
    ['s-maxage beats expire, max-age and Expires', [sMaxage, maxAge, expires], 3, 2],
    ['expire, an instruction to this cache, beats max-age and Expires', [maxAge, expires], 3, 3],
    ['max-age beats Expires', [maxAge, expires], undefined, 4],
    ['Expires beats the default', [expires], undefined, 5],
    ['the default, a minute, where nobody says anything', [], undefined, 60],
    ['s-maxage beats max-age where the route names nothing', [sMaxage, maxAge], undefined, 2],
    [
      'CDN-Cache-Control: its s-maxage beats its max-age',
      [['cdn-cache-control', 'max-age=9, s-maxage=8']],
      3,
      8,
    ],
    [
      'CDN-Cache-Control without a lifetime leaves it to expire, and not to s-maxage',
      [['cdn-cache-control', 'public'], sMaxage],
      3,
      3,
    ],
    ['an s-maxage that is no number is none', [['cache-control', 's-maxage=soon']], 3, 3],
  ])('%s', (_, headers, expire, seconds) => {
    expect(fresh(headers, expire)).toBe(seconds)
  })

  test('a max-age that is no number is in the past, though Expires lies ahead', () => {
    expect(fresh([['cache-control', 'max-age=-1'], expires])).toBe('not-fresh')
  })

  test('with an expire of the route, no max-age of the browser ends or lengthens it', () => {
    expect(fresh({ 'cache-control': 'max-age=0' }, 300)).toBe(300)
    expect(fresh({ 'cache-control': 'max-age=9999' }, 300)).toBe(300)
  })
})

describe('RFC 9111 §5.3 Expires', () => {
  test('counts from Date where there is one', () => {
    // Sixty seconds, of which ten have passed.
    expect(fresh({ date: date(-10), expires: date(50) })).toBe(50)
  })

  test('counts from now where Date is none', () => {
    expect(fresh({ date: 'today', expires: date(50) })).toBe(50)
  })

  test.each(['0', '-1', '', 'tomorrow'])('%j is in the past', (expires) => {
    expect(fresh({ expires })).toBe('not-fresh')
  })

  test('what has expired is not stored', () => {
    expect(fresh({ expires: date(-1) })).toBe('not-fresh')
  })
})

describe('RFC 9111 §4.2.3 Calculating Age', () => {
  test.each<[string, HeadersInit, number, boolean]>([
    ['s-maxage', { 'cache-control': 's-maxage=60' }, 50, true],
    ['max-age', { 'cache-control': 'max-age=60' }, 50, false],
    ['Expires', { expires: date(60) }, 50, false],
    ['CDN-Cache-Control', { 'cdn-cache-control': 'max-age=60' }, 50, false],
  ])('an Age that the handler passes on has used up some of %s', (_, headers, seconds, strict) => {
    const found = verdict({ headers: { ...headers, age: ' 10 ' } }, { expire: undefined })
    expect(found).toEqual({ use: { ...PLAIN, fresh: seconds, age: 10, strict } })
  })

  test('and none of the route’s expire, which counts from now', () => {
    expect(verdict({ headers: { age: '10' } })).toEqual({
      use: { ...PLAIN, fresh: 300, age: 10 },
    })
  })

  test('an Age beyond all that is fresh keeps a response out, and the route’s expire counts all the same', () => {
    const headers = { age: '9999999999' }
    expect(verdict({ headers })).toEqual({ use: { ...PLAIN, fresh: 300, age: 2 ** 31 } })
    expect(objection({ headers: { ...headers, 'cache-control': 's-maxage=60' } })).toEqual({
      reason: 'not-fresh',
    })
  })
})

describe('advisories on Hono’s own cache middleware', () => {
  test('private was ignored', () => {
    for (const headers of [
      { 'cache-control': 'private' },
      { 'cache-control': 'max-age=60, private' },
      { 'cache-control': 'PRIVATE, s-maxage=60' },
      { 'cache-control': 'private', 'cdn-cache-control': 'public, max-age=60' },
    ]) {
      expect(objection({ headers })).toEqual({ reason: 'private' })
    }
  })

  test('Vary: Authorization and Vary: Cookie were ignored', () => {
    expect(objection({ headers: { vary: 'Authorization' } })).toEqual({ reason: 'vary-authorization' })
    expect(objection({ headers: { vary: 'Accept-Language, Cookie' } })).toEqual({ reason: 'vary-cookie' })
    // Also where middleware above has begun the list.
    expect(objection({ headers: { vary: 'Origin, Cookie' }, above: { vary: 'Origin' } })).toEqual({
      reason: 'vary-cookie',
    })
  })
})

test('whatever a response says, there is a verdict, and what is stored is fresh', () => {
  const name = fc.constantFrom(
    'cache-control',
    'cdn-cache-control',
    'expires',
    'date',
    'age',
    'vary',
    'content-type',
  )
  const value = fc.oneof(
    fc.stringMatching(/^[ -~]*$/),
    fc.constantFrom('max-age=1', 's-maxage=99999999999', 'private', date(9), '*', 'cookie'),
  )
  fc.assert(
    fc.property(fc.dictionary(name, value), fc.integer({ min: 200, max: 599 }), (headers, status) => {
      const found = verdict({ headers, status }, { expire: undefined })
      if ('use' in found) expect(found.use.fresh).toBeGreaterThan(0)
      else expect(found.reason).toMatch(/^[a-z-]+$/)
    }),
  )
})
