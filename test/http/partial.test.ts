/** Stored parts: which ranges they answer, and when they become the whole. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { complete, missing, type Part, partOf, slice } from '../../src/http/partial.ts'
import { parseRange } from '../../src/http/range.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (body: Uint8Array | undefined) => (body ? new TextDecoder().decode(body) : null)

const part = (contentRange: string, body: string, asked: string | null = null): Part => {
  const found = partOf(contentRange, bytes(body), asked)
  if (!found) throw new Error(`no part: ${contentRange}`)
  return found
}
const answer = (stored: Part, range: string) => {
  const found = slice(stored, parseRange(range)!)
  return found && [text(found.body), found.range]
}

describe('RFC 9111 §3.3 Storing Incomplete Responses', () => {
  test('a 206 holds a part', () => {
    expect(partOf('bytes 4-9/10', bytes('456789'), 'bytes=4-')).toEqual({
      first: 4,
      last: 9,
      total: 10,
      body: bytes('456789'),
      asked: { first: 4, last: null },
    })
  })

  test.each<[string, string | null, string]>([
    ['several parts', null, '--boundary'],
    ['a part of nothing', 'bytes 0-4/5', ''],
    ['a Content-Range that contradicts itself', 'bytes 4-10/10', '4567890'],
  ])('%s is none', (_, contentRange, body) => {
    expect(partOf(contentRange, bytes(body), 'bytes=0-4')).toBeNull()
  })
})

describe('RFC 9111 §3.3: "the request is partial and specifies a range wholly within the incomplete response"', () => {
  const middle = part('bytes 2-5/10', '2345')
  const end = part('bytes 6-9/10', '6789')
  const long = part('bytes 6-9/10', '6789!')
  const endless = part('bytes 2-5/*', '2345', 'bytes=2-')

  test.each<[string, Part, string, string, [number, number, number | null]]>([
    ['all of it', middle, 'bytes=2-5', '2345', [2, 5, 10]],
    ['its beginning', middle, 'bytes=2-3', '23', [2, 3, 10]],
    ['its end', middle, 'bytes=5-5', '5', [5, 5, 10]],
    ['from within it to the end, which it reaches', end, 'bytes=7-', '789', [7, 9, 10]],
    ['past the end, which it reaches', end, 'bytes=7-99', '789', [7, 9, 10]],
    ['past the end, where it holds more than it says', long, 'bytes=7-99', '789', [7, 9, 10]],
    ['the last bytes, which it reaches', end, 'bytes=-3', '789', [7, 9, 10]],
    ['as many last bytes as it has', end, 'bytes=-4', '6789', [6, 9, 10]],
    ['a part of one of unknown length', endless, 'bytes=3-4', '34', [3, 4, null]],
    ['the very range that it was received for', endless, 'bytes=2-', '2345', [2, 5, null]],
  ])('%s', (_, stored, range, body, [first, last, total]) => {
    expect(answer(stored, range)).toEqual([body, { first, last, total }])
  })

  test.each([
    ['a byte before it', middle, 'bytes=1-3'],
    ['a byte behind it', middle, 'bytes=4-6'],
    ['what lies before it', middle, 'bytes=0-1'],
    ['what lies behind it', middle, 'bytes=6-7'],
    ['the rest, which it does not reach', middle, 'bytes=3-'],
    ['the last bytes, which it does not reach', middle, 'bytes=-2'],
    ['more last bytes than it has', end, 'bytes=-5'],
    ['no bytes', end, 'bytes=-0'],
    ['what lies behind the whole', end, 'bytes=10-'],
    ['the rest of one of unknown length', endless, 'bytes=3-'],
    ['the last bytes of one of unknown length', endless, 'bytes=-2'],
  ])('not %s', (_, stored, range) => {
    expect(answer(stored, range)).toBeNull()
  })
})

describe('a part with fewer bytes than its Content-Range says', () => {
  const short = part('bytes 4-9/10', '01234', 'bytes=-6')

  test.each<[string, string, [number, number]]>([
    ['bytes=-6', '01234', [4, 8]],
    ['bytes=-5', '01234', [5, 9]],
    ['bytes=-1', '4', [9, 9]],
    ['bytes=6-8', '234', [6, 8]],
    ['bytes=6-', '234', [6, 8]],
    ['bytes=8-9', '4', [8, 8]],
  ])('answers %s with the bytes that there are, and says which', (range, body, [first, last]) => {
    expect(answer(short, range)).toEqual([body, { first, last, total: 10 }])
  })

  test('does not answer with none', () => {
    expect(answer(short, 'bytes=9-9')).toBeNull()
  })

  test('one with more bytes answers only with those that belong to it', () => {
    expect(answer(part('bytes 4-6/7', '456789'), 'bytes=5-')).toEqual(['56', { first: 5, last: 6, total: 7 }])
  })
})

describe('RFC 9111 §3.4 Combining Partial Content', () => {
  const validators = { etag: '"a"', lastModified: null, date: null }
  const begun = { ...part('bytes 0-3/10', '0123'), ...validators }
  const rest = { ...part('bytes 4-9/10', '456789'), ...validators }

  test('the rest is asked for', () => {
    expect(missing(begun)).toBe('bytes=4-')
    expect(missing(part('bytes 0-3/*', '0123'))).toBe('bytes=4-')
    expect(missing(part('bytes 0-4/10', '0123'))).toBe('bytes=4-')
  })

  test('nothing is asked for where the beginning is missing, or nothing', () => {
    expect(missing(rest)).toBeNull()
    expect(missing(part('bytes 0-3/4', '0123'))).toBeNull()
  })

  test('the rest makes it whole', () => {
    expect(text(complete(begun, rest) ?? undefined)).toBe('0123456789')
  })

  test('a rest that begins earlier makes it whole', () => {
    const more = { ...part('bytes 2-9/10', '23456789'), ...validators }
    expect(text(complete(begun, more) ?? undefined)).toBe('0123456789')
  })

  test('what a part holds beyond its Content-Range is left out', () => {
    const more = { ...part('bytes 0-3/10', '0123xxxxxxxx'), ...validators }
    expect(text(complete(more, rest) ?? undefined)).toBe('0123456789')
  })

  test('a part of unknown length becomes whole when its rest knows it', () => {
    const endless = { ...part('bytes 0-3/*', '0123'), ...validators }
    expect(text(complete(endless, rest) ?? undefined)).toBe('0123456789')
  })

  test.each([
    ['another version', begun, { ...rest, etag: '"b"' }],
    ['a weak validator', { ...begun, etag: 'W/"a"' }, { ...rest, etag: 'W/"a"' }],
    ['no validator', { ...begun, etag: null }, { ...rest, etag: null }],
    ['a gap', begun, { ...part('bytes 5-9/10', '56789'), ...validators }],
    ['a rest that does not reach the end', begun, { ...part('bytes 4-8/10', '45678'), ...validators }],
    ['a rest with a byte too few', begun, { ...part('bytes 4-9/10', '45678'), ...validators }],
    ['a rest with a byte too many', begun, { ...part('bytes 4-9/10', '4567890'), ...validators }],
    ['a rest of unknown length', begun, { ...part('bytes 4-9/*', '456789'), ...validators }],
    ['a whole of another length', begun, { ...part('bytes 4-10/11', '4567890'), ...validators }],
    ['a part without a beginning', { ...part('bytes 2-5/10', '2345'), ...validators }, rest],
  ])('%s does not', (_, stored, received) => {
    expect(complete(stored, received)).toBeNull()
  })
})

describe('whatever is stored and asked for', () => {
  const WHOLE = 'abcdefghijklmnopqrstuvwxyz'
  const span = fc
    .tuple(fc.nat(25), fc.nat(25))
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const)
  const asked = fc.oneof(
    span.map(([first, last]) => ({ first, last })),
    fc.nat(30).map((first) => ({ first, last: null })),
    fc.nat(30).map((suffix) => ({ suffix })),
  )

  test('an answer is what the whole would have answered, or none', () => {
    fc.assert(
      fc.property(span, fc.boolean(), asked, ([first, last], known, range) => {
        const total = known ? WHOLE.length : null
        const stored = { first, last, total, body: bytes(WHOLE.slice(first, last + 1)), asked: null }
        const found = slice(stored, range)
        if (!found) return
        const [from, to] =
          'suffix' in range
            ? [WHOLE.length - range.suffix, WHOLE.length]
            : [range.first, (range.last ?? 25) + 1]
        expect(text(found.body)).toBe(WHOLE.slice(from, to))
        expect(found.range).toEqual({ first: from, last: Math.min(to, WHOLE.length) - 1, total })
      }),
    )
  })

  test('two halves make the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 25 }), (at) => {
        const validators = { etag: '"a"', lastModified: null, date: null }
        const begun = { ...part(`bytes 0-${at - 1}/26`, WHOLE.slice(0, at)), ...validators }
        const rest = { ...part(`bytes ${at}-25/26`, WHOLE.slice(at)), ...validators }
        expect(missing(begun)).toBe(`bytes=${at}-`)
        expect(text(complete(begun, rest) ?? undefined)).toBe(WHOLE)
      }),
    )
  })
})
