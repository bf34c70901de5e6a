/** A URL in its parts: the short way, for URLs that are normal already, is the URL standard's way. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitUrl, type UrlParts } from '../../src/key/canonical.ts'

describe('splitUrl', () => {
  const slowly = (url: string): UrlParts => {
    const { protocol, host, pathname, search, hash } = new URL(url)
    const fragment = url.includes('#') ? hash || '#' : ''
    return { origin: `${protocol}//${host}`, path: pathname, query: search.slice(1), fragment }
  }
  const partsOf = (url: string): UrlParts => {
    const { bare: _, ...parts } = splitUrl(url)
    return parts
  }
  const joined = (...pieces: string[]) =>
    fc.array(fc.constantFrom(...pieces), { maxLength: 6 }).map((all) => all.join(''))
  const host = fc.oneof(
    fc.constantFrom(
      'a',
      'localhost',
      'shop.example',
      'A.b',
      '127.0.0.1',
      '127.1',
      '1.0x2',
      '[::1]',
      'a.',
      '3com.x',
      'é.x',
      'a_b',
    ),
    fc.domain(),
  )
  const port = fc.oneof(
    fc.constant(''),
    fc.constantFrom(':80', ':443', ':0', ':', ':080', ':65535'),
    fc.nat(65_535).map((n) => `:${n}`),
  )
  const path = joined(
    '/',
    '.',
    '..',
    '%2e',
    '%',
    '%41',
    'a',
    'B9',
    '-_~',
    "!$&'()*+,;=:@",
    ' ',
    '\\',
    '|^`',
    '{}',
    '<>"',
    'é',
    '🎈',
    '\t',
    '\0',
  )
  const query = joined(
    '?',
    '&',
    '=',
    'a',
    '%',
    '%FF',
    '+',
    ' ',
    "'",
    '"',
    '<',
    '>',
    '\\',
    '/',
    '|^`{}',
    'é',
    '\ud800',
    '\t',
    '\n',
    '\x01',
    ';',
    '~!',
  )
  const fragment = fc.constantFrom('', '#', '#a', '#?a=1')
  const urls = fc
    .tuple(fc.constantFrom('http', 'https', 'HTTP'), host, port, path, query, fragment)
    .map(
      ([scheme, host, port, path, query, fragment]) =>
        `${scheme}://${host}${port}/${path}${query && `?${query}`}${fragment}`,
    )
    .filter((url) => URL.canParse(url))

  test('gives the parts of the URL standard, on the short way too', () => {
    fc.assert(
      fc.property(urls, (url) => {
        expect(partsOf(url)).toEqual(slowly(url))
      }),
      { numRuns: 5000 },
    )
  })

  test('what it has made normal stays as it is', () => {
    fc.assert(
      fc.property(urls, (url) => {
        const { href } = new URL(url)
        expect(splitUrl(href)).toEqual(partsOf(url))
      }),
    )
  })

  test('a long path takes no more than linear time', () => {
    const started = performance.now()
    splitUrl(`https://a/${'a.'.repeat(20_000)}|`)
    splitUrl(`https://${'a'.repeat(20_000)}_/`)
    splitUrl(`https://${'a.'.repeat(20_000)}_/`)
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
