/**
 * Names: no two things share one, and what a person types is what a request asks for.
 */
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  EVERYTHING,
  encodeName,
  entryName,
  isBroad,
  keyScope,
  leaseName,
  namespaceScope,
  pathScope,
  tagScope,
} from '../../src/store/scope.ts'

/** Texts made of everything that a name is made of itself. */
const texts = fc.oneof(
  fc
    .array(fc.constantFrom('a', 'n', ':', '#', '%', '%3A', '/', 'é', '🜚', '\0', ' ', ''), { maxLength: 8 })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 100 }),
)

describe('names', () => {
  test('golden: these are parts of Redis keys, and must never change by accident', () => {
    expect([
      EVERYTHING,
      namespaceScope('catalog'),
      tagScope('product:1'),
      keyScope('catalog', 'front page'),
      pathScope('/products/1'),
      entryName('catalog', '0cc175b9c0f1b6a831c399e269772661'),
      leaseName(entryName('my ns', '0cc175b9c0f1b6a831c399e269772661')),
      tagScope('x'.repeat(65)),
    ]).toEqual([
      'a',
      'n:catalog',
      't:product%3A1',
      'k:catalog:front%20page',
      'p:%2Fproducts%2F1',
      'e:catalog:0cc175b9c0f1b6a831c399e269772661',
      'l:my%20ns:0cc175b9c0f1b6a831c399e269772661',
      't:#1bc932052302d074bdec39795fe00cf6',
    ])
  })

  test('two names are the same only if they are the same kind of the same text', () => {
    const kinds = {
      namespace: (a: string, _: string) => namespaceScope(a),
      tag: (a: string, _: string) => tagScope(a),
      key: keyScope,
      entry: (a: string, b: string) => entryName(a, encodeName(b)),
      lease: (a: string, b: string) => leaseName(entryName(a, encodeName(b))),
    }
    const named = fc.tuple(fc.constantFrom(...(Object.keys(kinds) as (keyof typeof kinds)[])), texts, texts)
    fc.assert(
      fc.property(named, named, ([kind, a, b], [otherKind, c, d]) => {
        const two = kind === 'key' || kind === 'entry' || kind === 'lease'
        const same = kind === otherKind && a === c && (!two || b === d)
        expect(kinds[kind](a, b) === kinds[otherKind](c, d)).toBe(same)
        expect([EVERYTHING, 'clock']).not.toContain(kinds[kind](a, b))
      }),
      { numRuns: 5000 },
    )
  })

  test('a namespace cannot run into the key behind it', () => {
    expect(keyScope('a:b', 'c')).not.toBe(keyScope('a', 'b:c'))
    expect(keyScope('a', '')).not.toBe(keyScope('', 'a'))
    expect(entryName('a:b', 'c')).not.toBe(entryName('a', 'b:c'))
  })

  test('64 bytes stand as they are, 65 are their MD5, which no text is encoded to', () => {
    expect(encodeName('x'.repeat(64))).toBe('x'.repeat(64))
    const long = encodeName('x'.repeat(65))
    expect(long).toMatch(/^#[0-9a-f]{32}$/)
    expect(encodeName(long)).not.toBe(long)
    expect(encodeName('é'.repeat(10))).toHaveLength(60)
    expect(encodeName('é'.repeat(11))).toMatch(/^#/)
    expect(encodeName('x'.repeat(66))).not.toBe(long)
  })

  test('every name is short printable ASCII', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        for (const name of [namespaceScope(a), tagScope(a), keyScope(a, b), pathScope(a)])
          expect(name).toMatch(/^[nptk]:[\w.!~*'()%#-]{0,64}(:[\w.!~*'()%#-]{0,64})?$/)
      }),
    )
  })

  test('a lone surrogate does not throw, short or long, alone or in a path', () => {
    for (const text of ['\ud83d', 'a\udc00b', '\ud83d'.repeat(50), `/x${'\udfff'.repeat(50)}/`]) {
      for (const name of [namespaceScope, tagScope, pathScope])
        expect(name(text)).toBe(name(text.toWellFormed()))
      expect(keyScope(text, text)).toBe(keyScope(text.toWellFormed(), text.toWellFormed()))
    }
  })

  test('everything and namespaces outlive the entries, no other scope does', () => {
    expect([EVERYTHING, namespaceScope('x'), namespaceScope('')].every(isBroad)).toBe(true)
    const narrow = [tagScope('a'), tagScope('n:x'), pathScope('/a'), pathScope('n:'), keyScope('n', 'a')]
    expect(narrow.some(isBroad)).toBe(false)
    // As a store has them that apps share.
    expect([EVERYTHING, namespaceScope('x')].map((scope) => `shop/${scope}`).every(isBroad)).toBe(true)
    expect(narrow.map((scope) => `n:shop/${scope}`).some(isBroad)).toBe(false)
  })
})

describe('paths', () => {
  const segments = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }), { maxLength: 4 })
  const plain = segments.map(
    (parts) => `/${parts.map((part) => part.replace(/[%/]/g, '-').toWellFormed()).join('/')}`,
  )

  test.each([
    ['/a b', '/a%20b', 'encoded or not'],
    ['/café', '/caf%C3%A9', 'beyond ASCII'],
    ['/caf%c3%a9', '/caf%C3%A9', 'in either case'],
    ['/%61', '/a', 'also where it need not be encoded'],
    ['/a', '/a/', 'with a trailing slash'],
    ['/a', '/a///', 'or some'],
    ['/', '', 'the root by either name'],
    ['/', '//', 'or by slashes alone'],
    ['/a%2Fb', '/a/b', 'an encoded slash: too much, never too little'],
    ['/a%2F', '/a', 'an encoded trailing slash'],
    ['/100%', '/100%25', 'a stray percent sign is one'],
    ['/%zz', '/%25zz', 'as is a malformed escape'],
    ['/%ff', '/%FF', 'bytes that are no UTF-8, in either case'],
    ['/%c3/x', '/%C3/x', 'half a character'],
    ['/%FF b', '/%FF%20b', 'a space behind bytes that are no UTF-8'],
    ['/%E4%BDé', '/%e4%bd%c3%a9', 'or any character'],
  ])('%s is %s: %s', (one, other) => {
    expect(pathScope(one)).toBe(pathScope(other))
  })

  test('what does not decode is not tried: an error for each byte of a long URL would take longer than most apps', () => {
    const decoding = vi.spyOn(globalThis, 'decodeURIComponent')
    for (const none of ['%c3', '%c0%80', '%e0%80%80', '%ed%a0%80', '%f0%80%80%80', '%f4%90%80%80', '%ff'])
      expect(pathScope(`/${none.repeat(3)}`)).toBe(pathScope(`/${none.repeat(3).toUpperCase()}`))
    for (const some of ['%c2%80', '%e0%a0%80', '%ed%9f%bf', '%ef%bf%bf', '%f0%90%80%80', '%f4%8f%bf%bf'])
      expect(pathScope(`/${some}`)).toBe(pathScope(`/${decodeURIComponent(some)}`))
    expect(decoding.mock.results.filter(({ type }) => type === 'throw')).toEqual([])
    decoding.mockRestore()
  })

  test.each([
    ['/a', '/A', 'paths have case'],
    ['/a', '/b', 'other paths are others'],
    ['/a/b', '/a//b', 'an empty segment is a segment'],
    ['/%2541', '/A', 'nothing is decoded twice'],
    ['/', '/a', 'the root is not everything'],
    ['/a', 'a', 'nor is the slash in front optional'],
  ])('%s is not %s: %s', (one, other) => {
    expect(pathScope(one)).not.toBe(pathScope(other))
  })

  test('a path as typed is the path of the URL that asks for it', () => {
    fc.assert(
      fc.property(plain, (path) => {
        fc.pre(!/[\\?#\t\n\r]|\/\.{1,2}(\/|$)/.test(path) && path.trim() === path && !path.startsWith('//'))
        expect(pathScope(new URL(path, 'http://localhost').pathname)).toBe(pathScope(path))
      }),
    )
  })

  test('encoded in any way, with slashes at the end, it is one scope', () => {
    fc.assert(
      fc.property(plain, fc.nat(3), (path, slashes) => {
        const byte = (b: number) => `%${b.toString(16).padStart(2, '0')}`
        const all = Array.from(new TextEncoder().encode(path), byte).join('')
        for (const form of [encodeURI(path), encodeURIComponent(path), all, all.toUpperCase()])
          expect(pathScope(form + '/'.repeat(slashes))).toBe(pathScope(path))
      }),
    )
  })

  test('never throws', () => {
    const nasty = fc
      .array(fc.constantFrom('%', '%c3', '%A9', '%ff', '/', 'a', '\ud800', '%2', '%f0%9f'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(nasty, fc.string({ unit: 'binary' })), (path) => {
        expect(pathScope(path)).toMatch(/^p:./)
      }),
    )
  })

  test('sixteen thousand slashes take no longer than any other path', () => {
    const start = performance.now()
    for (let i = 0; i < 20; i++) pathScope(`/${'/'.repeat(16_000)}a${i}/`)
    expect(performance.now() - start).toBeLessThan(400) // quadratic: 1,800
  })
})
