/**
 * The canonical text: two requests have one text only if they are the same in everything that a response may depend
 * on, and a request has one text however it is written. Golden texts and keys: a change of format must be meant.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  canonicalQuery,
  canonicalText,
  type Description,
  keyOf,
  type QueryRule,
  splitUrl,
  type UrlParts,
  variantText,
} from '../../src/key/canonical.ts'

const describing = (url: string, rest: Partial<Description> = {}): Description => ({
  method: 'GET',
  url: splitUrl(url),
  queryRule: true,
  key: undefined,
  inputs: [],
  body: null,
  depth: 0,
  ...rest,
})

const textOf = (url: string, rest?: Partial<Description>) => canonicalText(describing(url, rest))

describe('the format', () => {
  test.each<[string, Partial<Description>, string, string]>([
    [
      'https://shop.example/products/7?b=2&a=1&b=1',
      {},
      '["GET","https://shop.example","/products/7",["a","1","b","2","b","1"],[],null]',
      '579ad8281a660df993338168371e5fc5',
    ],
    [
      'http://localhost:3000/',
      {
        inputs: [
          ['header accept', 'text/html'],
          ['cookie theme', null],
        ],
      },
      '["GET","http://localhost:3000","/",[],[["header accept","text/html"],["cookie theme",null]],null]',
      '24863288c9ace05a628b6b6dc96219aa',
    ],
    [
      'https://shop.example/search',
      { method: 'QUERY', body: 'text/plain 2c26' },
      '["QUERY","https://shop.example","/search",[],[],"text/plain 2c26"]',
      '237c1fb1422275ac1de41c3646ed2b50',
    ],
    ['https://shop.example/', { key: 'home' }, '["key","GET","home",[],null]', 'home'],
    ['https://shop.example/', { key: 'a:b/é' }, '["key","GET","a:b/é",[],null]', 'a%3Ab%2F%C3%A9'],
    [
      'https://shop.example/',
      { key: 'home', method: 'POST', body: '' },
      '["key","POST","home",[],""]',
      'home:7a80ffe980f513ebfb34b6cceef6b75e',
    ],
  ])('%s %o', (url, rest, text, key) => {
    const description = describing(url, rest)
    expect(canonicalText(description)).toBe(text)
    expect(keyOf(text, description)).toBe(key)
  })

  test('a variant', () => {
    expect(
      variantText('["GET"]', [
        ['accept', 'text/html'],
        ['dnt', null],
      ]),
    ).toBe('["[\\"GET\\"]",[["accept","text/html"],["dnt",null]]]')
  })
})

describe('one text for one request only', () => {
  const words = fc.constantFrom(
    '',
    'a',
    'b',
    'ab',
    '"',
    ',',
    '[',
    'key',
    'GET',
    'null',
    '%',
    '+',
    ' ',
    'é',
    '\ud800',
  )
  const pairs = fc.array(fc.tuple(words, words), { maxLength: 3 })
  const inputs = fc.array(fc.tuple(words, fc.option(words)), { maxLength: 2 })
  const parts = fc.record({
    method: fc.constantFrom('GET', 'QUERY', 'key'),
    origin: fc.constantFrom('https://a', 'http://a', 'https://b'),
    path: fc.constantFrom('/', '/a', '/a/'),
    pairs,
    fragment: fc.constantFrom('', '#', '#a'),
    key: fc.option(words, { nil: undefined }),
    inputs,
    body: fc.option(words),
    depth: fc.nat(2),
  })
  type Parts = typeof parts extends fc.Arbitrary<infer Each> ? Each : never

  const describeParts = ({ origin, path, pairs, fragment, ...rest }: Parts): Description => {
    const url: UrlParts = { origin, path, query: new URLSearchParams(pairs).toString(), fragment }
    return { ...rest, url, queryRule: true }
  }
  /** What a response may depend on. Of a query: the values of each name, in their order. */
  const identity = ({ method, origin, path, pairs, fragment, key, inputs, body, depth }: Parts) => {
    const values = Map.groupBy(pairs, ([name]) => name.toWellFormed())
    const query = [...values].map(([name, all]) => [name, all.map(([, value]) => value.toWellFormed())])
    // With a fragment, as it came.
    const part = fragment === '' ? query.sort() : `${new URLSearchParams(pairs)}${fragment}`
    const place = key === undefined ? { origin, path, query: part } : { key }
    return JSON.stringify([method, place, inputs, body, depth])
  }

  test('different requests have different texts, equal ones the same', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const equal = canonicalText(describeParts(a)) === canonicalText(describeParts(b))
        expect(equal).toBe(identity(a) === identity(b))
      }),
      { numRuns: 2000 },
    )
  })

  test('one difference is enough', () => {
    fc.assert(
      fc.property(
        parts,
        parts,
        fc.constantFrom<keyof Parts>('method', 'origin', 'path', 'pairs', 'key', 'inputs', 'body', 'depth'),
        (a, b, name) => {
          const changed = { ...a, [name]: b[name] }
          const equal = canonicalText(describeParts(a)) === canonicalText(describeParts(changed))
          expect(equal).toBe(identity(a) === identity(changed))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a static key and a URL never meet, nor do two keys in the names of their entries', () => {
    expect(textOf('https://a/', { key: 'x' })).not.toBe(textOf('https://a/x'))
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [first, second] = [describeParts(a), describeParts(b)]
        const [one, other] = [canonicalText(first), canonicalText(second)]
        expect(keyOf(one, first) === keyOf(other, second)).toBe(one === other)
      }),
    )
  })

  test('variants differ by text, names and values', () => {
    const some = fc.tuple(words, inputs)
    fc.assert(
      fc.property(some, some, (a, b) => {
        expect(variantText(...a) === variantText(...b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })

  test('bytes that are no UTF-8 are different values, as they are for c.req.query()', () => {
    const texts = ['%FF', '%FE', '%FF%FE', '%EF%BF%BD'].map((value) => textOf(`https://a/?q=${value}`))
    expect(new Set(texts).size).toBe(texts.length)
    expect(textOf('https://a/?%FF=1')).not.toBe(textOf('https://a/?%FE=1'))
  })

  test('a name that comes twice is what a handler may find by how it is written', () => {
    expect(textOf('https://a/?%71=1&q=2')).not.toBe(textOf('https://a/?q=1&q=2'))
    expect(textOf('https://a/?a+b=1&a%20b=2')).not.toBe(textOf('https://a/?a%20b=1&a+b=2'))
    expect(canonicalQuery('q=%31&q=2', true)).toEqual(['q', '1', 'q', '2'])
    expect(canonicalQuery('%71=1&other=2', true)).toEqual(['other', '2', 'q', '1'])
  })

  test('a question mark of the query’s own is part of a name', () => {
    expect(textOf('https://a/??a=1')).not.toBe(textOf('https://a/?a=1'))
    expect(textOf('https://a/???a=1')).not.toBe(textOf('https://a/??a=1'))
  })

  test('advisory on Hono: a parameter after # is not the same as none', () => {
    expect(textOf('https://a/x#?admin=1')).not.toBe(textOf('https://a/x'))
    expect(textOf('https://a/x?a=1#&a=2')).not.toBe(textOf('https://a/x?a=1'))
    expect(textOf('https://a/x?a=1#&a=2')).not.toBe(textOf('https://a/x?a=1&a=2'))
    expect(textOf('https://a/x#a')).not.toBe(textOf('https://a/x#b'))
  })

  test.each([true, { only: ['b'] }, { ignore: ['a'] }])(
    'what an older Hono finds elsewhere, with %o',
    (rule) => {
      const text = (url: string) => textOf(url, { queryRule: rule })
      // Inside the value of another, in 4.10.0.
      expect(text('https://a/?a=?b=2&b=1')).not.toBe(text('https://a/?b=1&a=?b=2'))
      expect(text('https://a/?a=?b=2&b=1')).not.toBe(text('https://a/?b=1'))
      expect(text('https://a/?a=?b')).not.toBe(text('https://a/'))
      expect(text('https://a/?a=??b')).not.toBe(text('https://a/'))
      // With what stands behind it, in 4.13.3.
      expect(text('https://a/?b=1#')).not.toBe(text('https://a/?b=1'))
      expect(text('https://a/?b#&')).not.toBe(text('https://a/?b&#&'))
      expect(text('https://a/?b=1&a=2#')).not.toBe(text('https://a/?a=2&b=1#'))
    },
  )

  test.each([{ only: ['b'] }, { ignore: ['a'] }])(
    'what an origin finds behind a semicolon in a value that is not in the key, with %o',
    (queryRule) => {
      const text = (url: string) => textOf(url, { queryRule })
      expect(text('https://a/?b=1&a=x;b=2')).not.toBe(text('https://a/?b=1'))
      expect(text('https://a/?a=x;b=2')).not.toBe(text('https://a/'))
      expect(text('https://a/?a;b')).not.toBe(text('https://a/'))
      expect(text('https://a/?a=;;b=2')).not.toBe(text('https://a/'))
      expect(text('https://a/?a=?;b=2')).not.toBe(text('https://a/'))
      expect(text('https://a/?b=1&a=x;%62=2')).not.toBe(text('https://a/?b=1'))
    },
  )

  test('and a question mark in a value makes no difference otherwise', () => {
    const only = { queryRule: { only: ['b'] } }
    expect(textOf('https://a/?a=?c=2&b=1', only)).toBe(textOf('https://a/?b=1', only))
  })
})

describe('one text for one request, however it is written', () => {
  test.each([
    ['the order of names', 'https://a/?b=1&a=2', 'https://a/?a=2&b=1'],
    ['a host in capitals', 'https://SHOP.example/', 'https://shop.example/'],
    ['a scheme in capitals', 'HTTPS://a/', 'https://a/'],
    ['the default port', 'https://a:443/', 'https://a/'],
    ['the default port of http', 'http://a:80/', 'http://a/'],
    ['a port with a zero before it', 'http://a:08080/', 'http://a:8080/'],
    ['no path', 'https://a', 'https://a/'],
    ['no path before a query', 'https://a?b=1', 'https://a/?b=1'],
    ['dot segments', 'https://a/b/../c/./d', 'https://a/c/d'],
    ['encoded dot segments', 'https://a/b/%2e%2E/c', 'https://a/c'],
    ['a backslash', 'https://a\\b', 'https://a/b'],
    ['a space in the path', 'https://a/b c', 'https://a/b%20c'],
    ['a letter that needs encoding', 'https://a/é', 'https://a/%C3%A9'],
    ['an encoded letter in the query', 'https://a/?%61=%62', 'https://a/?a=b'],
    ['plus and %20', 'https://a/?a=b+c', 'https://a/?a=b%20c'],
    ['an empty value', 'https://a/?a', 'https://a/?a='],
    ['empty pairs', 'https://a/?&&a=1&', 'https://a/?a=1'],
    ['an empty query', 'https://a/?', 'https://a/'],
    ['an address', 'http://127.1:3000/', 'http://127.0.0.1:3000/'],
    ['an address in hexadecimal', 'http://0x7f.1/', 'http://127.0.0.1/'],
  ])('%s', (_, written, normal) => {
    expect(textOf(written)).toBe(textOf(normal))
  })

  test.each([
    ['a name before the host', 'https://"onload=alert(1)@a/'],
    ['a name with a password', 'https://a.example:pw@a/'],
    ['a tag in the query', 'https://a/?q=<svg>'],
    ['the end of a tag in the query', 'https://a/?q=>'],
    ['the end of an attribute in the path', 'https://a/b"'],
    ['a quote in the query', "https://a/?q='"],
  ])('but not where a route can give out %s, as Deno hands it on', (_, written) => {
    const normal = new URL(written)
    normal.username = ''
    normal.password = ''
    expect(textOf(written)).not.toBe(textOf(normal.href))
  })

  test('repeated values keep their order, which a handler can see', () => {
    expect(textOf('https://a/?a=1&a=2')).not.toBe(textOf('https://a/?a=2&a=1'))
    expect(textOf('https://a/?a=1&b=3&a=2')).toBe(textOf('https://a/?b=3&a=1&a=2'))
  })
})

describe('the query rule', () => {
  const QUERY = 'b=2&utm_source=x&a=1&b=1'

  test.each<[QueryRule, string[]]>([
    [true, ['a', '1', 'b', '2', 'b', '1', 'utm_source', 'x']],
    [false, []],
    [{ only: ['b'] }, ['b', '2', 'b', '1']],
    [{ only: [] }, []],
    [{ ignore: ['utm_source'] }, ['a', '1', 'b', '2', 'b', '1']],
    [{ ignore: [] }, ['a', '1', 'b', '2', 'b', '1', 'utm_source', 'x']],
  ])('%o', (rule, flat) => {
    expect(canonicalQuery(QUERY, rule)).toEqual(flat)
  })

  test('names are compared decoded, and in their own case', () => {
    expect(canonicalQuery('utm%5Fsource=x&A=1', { ignore: ['utm_source', 'a'] })).toEqual(['A', '1'])
  })

  test('the order of names is that of UTF-16 units, in every locale', () => {
    expect(canonicalQuery('é=1&z=1&Z=1&a=1&\uff5e=1&🎈=1', true).filter((_, at) => at % 2 === 0)).toEqual([
      'Z',
      'a',
      'z',
      'é',
      '🎈',
      '\uff5e',
    ])
  })

  test('an empty query is none', () => {
    expect(canonicalQuery('', true)).toEqual([])
  })
})

describe('the key', () => {
  test('is as long as an MD5, however long the URL', () => {
    const description = describing(`https://a/${'x'.repeat(10_000)}`)
    expect(keyOf(canonicalText(description), description)).toMatch(/^[0-9a-f]{32}$/)
  })

  test('of a static key stays readable until something else matters', () => {
    const key = (rest: Partial<Description>) => {
      const description = describing('https://a/', { key: 'home', ...rest })
      return keyOf(canonicalText(description), description)
    }
    expect(key({})).toBe('home')
    expect(key({ inputs: [['header accept', null]] })).toMatch(/^home:[0-9a-f]{32}$/)
    expect(key({ method: 'POST', body: null })).toMatch(/^home:[0-9a-f]{32}$/)
    expect(key({ body: '' })).toMatch(/^home:[0-9a-f]{32}$/)
  })
})
