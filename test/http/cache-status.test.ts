/** The Cache-Status member: a structured field that any parser of RFC 8941 reads, whatever the detail holds. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CacheStatus, formatCacheStatus } from '../../src/http/cache-status.ts'

describe('RFC 9211 §2 The Cache-Status HTTP Response Header Field', () => {
  test.each<[string, CacheStatus, string]>([
    ['§2.1 hit', {}, 'hono-redis-cache; hit'],
    ['§2.2 fwd', { fwd: 'uri-miss' }, 'hono-redis-cache; fwd=uri-miss'],
    ['§2.4 ttl', { ttl: 59.9 }, 'hono-redis-cache; hit; ttl=59'],
    ['§2.4 ttl of what is stale', { fwd: 'stale', ttl: -0.5 }, 'hono-redis-cache; fwd=stale; ttl=-1'],
    ['§2.4 ttl of nothing left', { ttl: 0 }, 'hono-redis-cache; hit; ttl=0'],
    ['§2.5 stored', { fwd: 'vary-miss', stored: true }, 'hono-redis-cache; fwd=vary-miss; stored'],
    ['§2.5 not stored', { fwd: 'miss', stored: false }, 'hono-redis-cache; fwd=miss'],
    ['§2.8 detail', { fwd: 'bypass', detail: 'no-key' }, 'hono-redis-cache; fwd=bypass; detail=no-key'],
    ['§2.8 no detail', { fwd: 'method', detail: undefined }, 'hono-redis-cache; fwd=method'],
  ])('%s', (_, status, member) => {
    expect(formatCacheStatus(status)).toBe(member)
  })
})

describe('RFC 8941 §3.3.3 Strings', () => {
  test.each([
    ['two words', '"two words"'],
    ['a "quoted" \\ one', '"a \\"quoted\\" \\\\ one"'],
    ['1st', '"1st"'],
    ['', '""'],
    ['split\r\nSet-Cookie: a=b', '"splitSet-Cookie: a=b"'],
    ['ключ 🔑', '" "'],
    ['*a', '*a'],
  ])('the detail %j is %s', (detail, written) => {
    expect(formatCacheStatus({ fwd: 'bypass', detail })).toBe(
      `hono-redis-cache; fwd=bypass; detail=${written}`,
    )
  })

  test('no detail can end the member or the header', () => {
    const member =
      /^hono-redis-cache; hit; detail=(?:[A-Za-z*][\w!#$%&'*+\-.^`|~:/]*|"(?:[ !#-[\]-~]|\\["\\])*")$/
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (detail) => {
        const written = formatCacheStatus({ detail })
        expect(written).toMatch(member)
        expect(new Headers({ 'cache-status': written }).get('cache-status')).toBe(written)
      }),
    )
  })
})
