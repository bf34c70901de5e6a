/**
 * Every parser of the package, with the inputs that it is fuzzed with and what must be true of whatever it returns.
 * A check that throws has found something; so has a parser that does.
 */
import assert from 'node:assert/strict'
import { decode, encodeEntry, encodeVaryRecord, isRecord } from '../../src/entry/entry.ts'
import { parseAge } from '../../src/http/age.ts'
import { LARGEST_SECONDS, lifetimeOf, parseCacheControl, parseSeconds } from '../../src/http/cache-control.ts'
import { isNotModified } from '../../src/http/conditional.ts'
import { cookieValues } from '../../src/http/cookies.ts'
import { parseDate } from '../../src/http/date.ts'
import { namesOf } from '../../src/http/fields.ts'
import { normaliseLanguages, normaliseList, preferred } from '../../src/http/language.ts'
import { partOf, slice } from '../../src/http/partial.ts'
import {
  formatContentRange,
  ifRangeHolds,
  parseContentRange,
  parseRange,
  resolve,
} from '../../src/http/range.ts'
import { cdnDirectives, surrogateDirectives } from '../../src/http/targeted.ts'
import { canonicalQuery, splitUrl } from '../../src/key/canonical.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { type Alphabet, alphabet } from './inputs.ts'

export interface Parser {
  readonly name: string
  readonly inputs: Alphabet
  check(input: string, random: Seeded): void
}

const isSeconds = (value: number | null): boolean =>
  value === null || (Number.isInteger(value) && value >= 0 && value <= LARGEST_SECONDS)

const DIRECTIVES = alphabet(
  [
    'max-age',
    's-maxage',
    'no-store',
    'private',
    'MaX-aGe',
    'x',
    '=',
    ',',
    ', ',
    ';',
    '"',
    '\\',
    '60',
    '-1',
    '1.5',
    'a',
  ],
  ['max-age=60, no-store', 'private="set-cookie, x", max-age="1"', 's-maxage=9999999999999'],
)

const BODY = new Uint8Array(10)

const ENTRY = encodeEntry({
  text: 't',
  stamp: '1',
  scopes: ['a'],
  status: 200,
  headers: [['a', 'b']],
  made: 1,
  age: 0,
  fresh: 60,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  range: 'bytes=0-1',
  body: new Uint8Array([255, 0]),
})
const ENTRIES = alphabet(
  ['hrc1 ', '{', '}', '[', ']', '"', ':', ',', '\n', 'null', '1e999', '-1', '"inputs":[]', '"base64":true'],
  [ENTRY, encodeVaryRecord({ text: 't', inputs: ['a'], scopes: [] })],
)
const VALUES = [null, true, 0, -1, 600, 1e300, '', 'a', [], ['a'], [['a']], [['a', 1]], {}, undefined]

/** An entry in which one member, or two, have another value. */
function entryWithAnother(random: Seeded): string {
  const about = JSON.parse(ENTRY.slice(5, ENTRY.indexOf('\n')))
  for (let left = 1 + random.int(2); left > 0; left--) {
    about[random.pick([...Object.keys(about), 'inputs'])] = random.pick(VALUES)
  }
  return `hrc1 ${JSON.stringify(about)}\n${random.pick(['/wA=', '/w', 'body', ''])}`
}

export const PARSERS: readonly Parser[] = [
  {
    name: 'Cache-Control',
    inputs: DIRECTIVES,
    check(input) {
      const directives = parseCacheControl(input)
      for (const [name, value] of directives) {
        assert.match(name, /^[!#$%&'*+\-.^_`|~a-z\d]+$/)
        assert(isSeconds(parseSeconds(value)))
        assert(lifetimeOf(directives, name) !== null)
      }
    },
  },
  {
    name: 'CDN-Cache-Control',
    inputs: alphabet(
      [
        'max-age',
        'no-store',
        'x',
        '*',
        '=',
        ',',
        ', ',
        ';',
        '; ',
        '"',
        '\\',
        '60',
        '-1',
        '1.5',
        '?1',
        '?0',
        ':',
        '(',
        ')',
        ' ',
      ],
      ['max-age=60, no-store;a="b";c', 'private=("a" "b";c);d, x=:aGk=:', 'x="a\\"b", y=1.5, z=?0'],
    ),
    check(input) {
      const directives = cdnDirectives(input)
      if (!directives) return
      assert(directives.size > 0)
      for (const [name] of directives) assert.match(name, /^[a-z*][a-z\d_\-.*]*$/)
      assert(directives.get('max-age') === undefined || parseSeconds(directives.get('max-age')) !== null)
      // A dictionary is none once a comma ends it, and is one with another member.
      assert.equal(cdnDirectives(`${input},`), null)
      assert(cdnDirectives(`${input},last`)?.has('last'))
    },
  },
  {
    name: 'Surrogate-Control',
    inputs: alphabet(
      ['max-age', 'no-store', 'content', '=', ',', ';', '"', '60', '+', 'hono-redis-cache', 'abc', ' '],
      ['max-age=60+10;abc, no-store;hono-redis-cache', 'content="ESI/1.0, x", max-age=1'],
    ),
    check(input) {
      const directives = surrogateDirectives(input)
      if (!directives) return
      assert(directives.size > 0)
      for (const [name, value] of directives) {
        const counts = /^(?:max-age|stale-.*)$/.test(name)
        assert.equal(parseSeconds(value) !== null, counts)
      }
    },
  },
  {
    name: 'dates',
    inputs: alphabet(
      [
        'Sun',
        'Sunday',
        ', ',
        ' ',
        '-',
        ':',
        '06',
        '6',
        '60',
        '24',
        '99',
        '31',
        'Nov',
        'Feb',
        '1994',
        'GMT',
        'gmt',
      ],
      ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994'],
    ),
    check(input) {
      const date = parseDate(input)
      if (date === null) return
      assert(Number.isInteger(date) && date % 1000 === 0)
      assert.equal(parseDate(new Date(date).toUTCString()), date)
    },
  },
  {
    name: 'entity tags',
    inputs: alphabet(
      ['"', 'W/', 'w/', ',', ', ', '*', 'a', 'b', ' ', '\\', 'é'],
      ['"a", W/"b", "c"', 'W/"a"', '*'],
    ),
    check(input, random) {
      const stored = { etag: random.pick(['"a"', 'W/"b"', '', input]), lastModified: input }
      // A tag is found behind whatever stands before it, if that is a list; `*` is none.
      if (isNotModified(input, input, stored) && input.trim() !== '*') {
        assert(isNotModified(`"x", ${input}`, null, stored))
      }
      assert.equal(ifRangeHolds(`W/${input}`, { etag: `W/${input}`, lastModified: null, date: 0 }), false)
    },
  },
  {
    name: 'Range',
    inputs: alphabet(
      ['bytes', '=', '-', ',', ' ', '0', '5', '10', '99999999999999999999', 'x'],
      ['bytes=0-4', 'bytes=5-', 'bytes=-5', 'bytes=0-0,-1'],
    ),
    check(input, random) {
      const range = parseRange(input)
      if (!range) return
      const length = random.int(20)
      const span = resolve(range, length)
      if (span !== 'unsatisfiable') assert(span.first >= 0 && span.first <= span.last && span.last < length)
      const first = random.int(10)
      const part = partOf(`bytes ${first}-${first + 9}/${random.pick(['*', first + 10, 30])}`, BODY, null)
      const found = part && slice(part, range)
      if (!found) return
      assert(found.range.first >= first && found.range.last <= first + 9)
      assert.equal(found.body.length, found.range.last - found.range.first + 1)
    },
  },
  {
    name: 'Content-Range',
    inputs: alphabet(
      ['bytes', ' ', '-', '/', '*', '0', '5', '10', '99999999999999999999'],
      ['bytes 4-9/10', 'bytes 0-4/*', 'bytes */10'],
    ),
    check(input) {
      const range = parseContentRange(input)
      if (!range) return
      assert(range.first <= range.last && (range.total === null || range.last < range.total))
      assert.deepEqual(parseContentRange(formatContentRange(range, range.total)), range)
    },
  },
  {
    name: 'Age',
    inputs: alphabet(
      ['0', '60', '-', '.', ',', ', ', ' ', ';', 'a', '99999999999999999999'],
      ['60', '0, 60', '7200;a=b'],
    ),
    check(input) {
      const age = parseAge(input)
      assert(isSeconds(age))
      assert(/^[\s,]*\d/.test(input) || age === null)
    },
  },
  {
    name: 'Accept-Language',
    inputs: alphabet(
      ['en', 'DE', 'zh-Hant', '*', ',', ', ', ';q=', '0', '1', '0.5', '0.123', '.', '-', ' ', '"'],
      ['en, de;q=0.5, *;q=0.1', 'fr;q=0, de', 'zh-Hant-CN,zh;q=0.9'],
    ),
    check(input) {
      const normal = normaliseLanguages(input)
      assert.equal(normaliseLanguages(normal), normal)
      const list = normaliseList(input)
      assert.equal(normaliseList(list), list)
      const language = preferred(input, ['de', 'en'])
      assert(language === null || preferred(normal, [language]) !== undefined)
    },
  },
  {
    name: 'Vary',
    inputs: alphabet(['accept', 'Cookie', '*', ',', ', ', ' ', '\t', ''], ['Accept, Accept-Language', '*']),
    check(input) {
      for (const name of namesOf(input))
        assert(name !== '' && !name.includes(',') && name === name.trim().toLowerCase())
    },
  },
  {
    name: 'Cookie',
    inputs: alphabet(['a', 'b', '=', ';', '; ', ' ', '"', '%20', '__proto__'], ['a=1; b=2; a=3', 'a="x;y"']),
    check(input) {
      for (const value of cookieValues(input, 'a')) assert(!value.includes(';') && input.includes(value))
      assert.deepEqual(cookieValues(`x=1;${input};a=last`, 'a'), [...cookieValues(input, 'a'), 'last'])
    },
  },
  {
    name: 'entries',
    inputs: (random) => (random.chance(0.5) ? entryWithAnother(random) : ENTRIES(random)),
    check(input) {
      const entry = decode(input)
      if (!entry) return
      assert.equal(typeof entry.text, 'string')
      if (isRecord(entry)) {
        const { text, inputs, scopes } = entry
        return assert.deepEqual(decode(encodeVaryRecord(entry)), { text, inputs, scopes })
      }
      assert(entry.status >= 200 && entry.status <= 599 && Number.isFinite(entry.made))
      assert(Number.isFinite(entry.staleWhileRevalidate ?? 0) && Number.isFinite(entry.staleIfError ?? 0))
      assert(typeof (entry.range ?? '') === 'string')
      assert(typeof entry.body === 'string' || entry.body instanceof Uint8Array)
      const again = decode(encodeEntry(entry))
      assert(again !== null && !isRecord(again))
      assert.equal(encodeEntry(again), encodeEntry(entry))
    },
  },
  {
    name: 'URLs',
    inputs: alphabet(
      [
        'http',
        'https://',
        'a.b',
        ':80',
        ':8080',
        '/',
        '/..',
        '?',
        '#',
        '%2e',
        '%',
        'A',
        '127.1',
        '@',
        '\\',
        '^',
        'é',
        ' ',
      ],
      ['http://example.com/a/b?c=d', 'https://EXAMPLE.com:443/./a//b?x#y', 'http://[::1]:3000/%C3%A9'],
    ),
    check(input) {
      // A URL that is none throws, as the standard has it; Hono never has one.
      if (!URL.canParse(input)) return assert.throws(() => splitUrl(input))
      const { origin, path, query, fragment } = splitUrl(input)
      const normal = new URL(input)
      assert.equal(origin, `${normal.protocol}//${normal.host}`)
      assert.equal(path, normal.pathname.replaceAll('^', '%5E'))
      assert.equal(query, normal.search.slice(1))
      assert.equal(fragment, input.includes('#') ? normal.hash || '#' : '')
    },
  },
  {
    name: 'queries',
    inputs: alphabet(
      ['a', 'b', '=', '&', '%', '%20', '%ff', '+', '?', ';', 'é', '\ufffd'],
      ['a=1&b=2&a=3', '?a=%C3%A9&%ff', 'x=a:b,c'],
    ),
    check(input) {
      const pairs = canonicalQuery(input, true)
      assert.deepEqual(canonicalQuery(input, { ignore: [] }), pairs)
      assert.deepEqual(canonicalQuery(input, { only: [] }), [])
      // Of the names that it has, in their order; behind them at most the raw text.
      const names = pairs.filter((_, at) => at % 2 === 0 && at + 1 < pairs.length)
      for (let at = 1; at < names.length; at++) assert(names[at - 1]! <= names[at]!)
    },
  },
]
