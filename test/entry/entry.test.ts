/**
 * What is stored under a key: every response comes back as it was, in a layout whose bytes are pinned here; and
 * whatever else may be found under a key is a miss, never an exception.
 */
import { Redis } from '@upstash/redis/cloudflare'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  decode,
  type Entry,
  encodeEntry,
  encodeVaryRecord,
  isRecord,
  textOf,
  type VaryRecord,
} from '../../src/entry/entry.ts'

const ENTRY: Entry = {
  text: '["GET","https://shop.example","/é",[],[],null]',
  stamp: '5f1d:12',
  scopes: ['a', 'n:default', 't:product'],
  status: 200,
  headers: [
    ['content-type', 'text/plain;charset=UTF-8'],
    ['vary', 'accept', 'append'],
  ],
  made: 1_893_499_200_000,
  age: 0,
  fresh: 300,
  body: 'line\nfeed "é" 🎈',
}
const RECORD: VaryRecord = { text: 'text', inputs: ['accept'], scopes: ['t:a'] }

const bytes = (...values: number[]) => Uint8Array.from(values)
const utf8 = (text: string) => new TextEncoder().encode(text)
/** As it reaches another process: through UTF-8. */
const stored = (text: string) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(utf8(text))

describe('the layout', () => {
  const ABOUT =
    '"text":"[\\"GET\\",\\"https://shop.example\\",\\"/é\\",[],[],null]","stamp":"5f1d:12",' +
    '"scopes":["a","n:default","t:product"],"status":200,' +
    '"headers":[["content-type","text/plain;charset=UTF-8"],["vary","accept","append"]],' +
    '"made":1893499200000,"age":0,"fresh":300'

  test('text: the metadata in one line, then the body as it is', () => {
    expect(encodeEntry(ENTRY)).toBe(`hrc1 {${ABOUT}}\nline\nfeed "é" 🎈`)
  })

  test('bytes that are text are text', () => {
    expect(encodeEntry({ ...ENTRY, body: utf8('é') })).toBe(`hrc1 {${ABOUT}}\né`)
  })

  test('other bytes are base64', () => {
    expect(encodeEntry({ ...ENTRY, body: bytes(0xff, 0, 0xfe) })).toBe(`hrc1 {${ABOUT},"base64":true}\n/wD+`)
  })

  test('a vary record has no body', () => {
    expect(encodeVaryRecord(RECORD)).toBe('hrc1 {"text":"text","inputs":["accept"],"scopes":["t:a"]}\n')
  })
})

describe('what is stored comes back', () => {
  const word = fc.string({ unit: 'binary', maxLength: 8 })
  const name = fc.string({ unit: fc.constantFrom(...'az09-_.!~^`|'), minLength: 1, maxLength: 8 })
  const value = fc.string({ unit: fc.constantFrom(...'\t aZ0,;="\\~\x80é\xff'), maxLength: 8 })
  const field = fc.oneof(
    fc.tuple(name, value),
    fc.tuple(fc.constantFrom('set-cookie', '__proto__'), value),
    fc.tuple(name, value, fc.constant('append' as const)),
  )
  const about = fc.record({
    text: word,
    stamp: word,
    scopes: fc.array(word, { maxLength: 3 }),
    status: fc.integer({ min: 200, max: 599 }),
    headers: fc.array(field, { maxLength: 4 }),
    made: fc.nat(),
    age: fc.nat(),
    fresh: fc.double({ min: 0, max: 1e9, noNaN: true }),
  })
  const wellFormed = fc.string({ unit: 'binary' }).map((text) => text.toWellFormed())
  const withBody = (body: fc.Arbitrary<Entry['body']>) =>
    fc.tuple(about, body).map(([rest, body]): Entry => ({ ...rest, body }))

  test('text, also through UTF-8', () => {
    fc.assert(
      fc.property(withBody(wellFormed), (entry) => {
        expect(decode(stored(encodeEntry(entry)))).toEqual(entry)
      }),
    )
  })

  test('bytes, also those that are no UTF-8', () => {
    fc.assert(
      fc.property(withBody(fc.uint8Array() as fc.Arbitrary<Uint8Array<ArrayBuffer>>), (entry) => {
        const { body, ...rest } = decode(stored(encodeEntry(entry))) as Entry
        expect(typeof body === 'string' ? utf8(body) : body).toEqual(entry.body)
        expect(rest).toEqual({ ...entry, body: undefined })
      }),
    )
  })

  test('a vary record', () => {
    const record = fc.record({ text: word, inputs: fc.array(word), scopes: fc.array(word) })
    fc.assert(
      fc.property(record, (record) => {
        const decoded = decode(stored(encodeVaryRecord(record)))
        expect(decoded).toEqual(record)
        expect(isRecord(decoded!)).toBe(true)
      }),
    )
  })

  test.each<[string, Entry['body'], Entry['body']]>([
    ['an empty text', '', ''],
    ['no bytes', bytes(), ''],
    ['a byte order mark', bytes(0xef, 0xbb, 0xbf, 0x61), '\ufeffa'],
    ['line feeds of every kind', '\n\r\n\u2028', '\n\r\n\u2028'],
    ['what looks like an entry', encodeEntry(ENTRY), encodeEntry(ENTRY)],
    ['a NUL', bytes(0), '\0'],
    ['half of a character', bytes(0xc3), bytes(0xc3)],
    ['UTF-16 in bytes', bytes(0xff, 0xfe, 0x61, 0), bytes(0xff, 0xfe, 0x61, 0)],
    ['a surrogate in bytes', bytes(0xed, 0xa0, 0x80), bytes(0xed, 0xa0, 0x80)],
    ['an overlong zero', bytes(0xc0, 0x80), bytes(0xc0, 0x80)],
  ])('%s', (_, body, expected) => {
    const decoded = decode(stored(encodeEntry({ ...ENTRY, body })))
    expect(decoded).toEqual({ ...ENTRY, body: expected })
    expect(isRecord(decoded!)).toBe(false)
  })

  test('a lone surrogate in a text body becomes what a Response would send', async () => {
    const body = 'a\ud800b'
    const sent = await new Response(body).text()
    expect(decode(stored(encodeEntry({ ...ENTRY, body })))).toEqual({ ...ENTRY, body: sent })
  })

  test('a body of a megabyte', () => {
    const body = new Uint8Array(1_048_576).fill(0xff)
    expect((decode(encodeEntry({ ...ENTRY, body })) as Entry).body).toEqual(body)
  })
})

describe('bytes are text', () => {
  test.each<[string, Uint8Array, string | null]>([
    ['where they are UTF-8', utf8('é🎈'), 'é🎈'],
    ['and keep their byte order mark', bytes(0xef, 0xbb, 0xbf), '\ufeff'],
    ['but not where one byte is none', bytes(0x61, 0xff), null],
  ])('%s', (_, given, text) => {
    expect(textOf(given)).toBe(text)
  })
})

describe('what is none of ours is a miss', () => {
  const about = (change: Record<string, unknown>): string => {
    const { body: _, ...rest } = ENTRY
    return `hrc1 ${JSON.stringify({ ...rest, ...change })}\nbody`
  }
  const record = (change: Record<string, unknown>): string =>
    `hrc1 ${JSON.stringify({ ...RECORD, ...change })}\n`

  test.each<[string, string | null | undefined]>([
    ['nothing', null],
    ['undefined', undefined],
    ['an empty string', ''],
    ['the value of somebody else', '{"text":"x"}'],
    ['the next version', encodeEntry(ENTRY).replace('hrc1', 'hrc2')],
    ['a version that begins like ours', encodeEntry(ENTRY).replace('hrc1', 'hrc11')],
    ['the version alone', 'hrc1 '],
    ['an entry without its line feed', encodeEntry({ ...ENTRY, body: '' }).trimEnd()],
    [
      'another character in the place of the line feed',
      encodeEntry({ ...ENTRY, body: '' }).replace('\n', ' '),
    ],
    ['metadata that are no JSON', 'hrc1 {\nbody'],
    ['metadata that are no object', 'hrc1 null\nbody'],
    ['a number for metadata', 'hrc1 5\nbody'],
    ['an array for metadata', 'hrc1 []\nbody'],
    ['a string for metadata', 'hrc1 "a"\nbody'],
    ['metadata of nothing', 'hrc1 {}\nbody'],
    ['a stale time that is no number', about({ staleWhileRevalidate: 'a' })],
    ['another stale time that is no number', about({ staleIfError: [] })],
    ['a range that is no text', about({ range: 5 })],
    ['an entry that a reader could take for a vary record', about({ inputs: {} })],
    ['base64 that is none', about({ base64: true }).replace(/body$/, '*')],
    ...Object.keys(ENTRY)
      .filter((name) => name !== 'body')
      .flatMap((name): [string, string][] => [
        [`no ${name}`, about({ [name]: undefined })],
        [`null for ${name}`, about({ [name]: null })],
        [`an object for ${name}`, about({ [name]: {} })],
      ]),
    ['a number among the scopes', about({ scopes: ['a', 1] })],
    ['a status of no final response', about({ status: 101 })],
    ['a status that is none', about({ status: 600 })],
    ['a status in pieces', about({ status: 200.5 })],
    ['a field without a value', about({ headers: [['etag']] })],
    ['a field with a number', about({ headers: [['etag', 1]] })],
    ...[
      ['', 'x'],
      ['no name', 'x'],
      ['x-a:', 'x'],
      ['x\r\nx-b', 'x'],
      ['X-Upper', 'x'],
      ['é', 'x'],
      ['x-a', 'two\r\nlines'],
      ['x-a', 'a\nb'],
      ['x-a', 'a\rb'],
      ['x-a', 'a\0b'],
      ['x-a', 'a\x01b'],
      ['x-a', '\x7f'],
      ['x-a', 'a snowman ☃'],
      ['content-length', '2'],
      ['transfer-encoding', 'chunked'],
      ['connection', 'close'],
      ['age', '7'],
    ].map((field): [string, string] => [
      `a field that only a stranger can have stored: ${JSON.stringify(field)}`,
      about({ headers: [['etag', '"a"'], field] }),
    ]),
    ['a time that JSON cannot hold', about({ made: Number.NaN })],
    ['a record without a text', record({ text: undefined })],
    ['a record with a number for a name', record({ inputs: [1] })],
    ['a record without scopes', record({ scopes: undefined })],
    ['a record of more names than an answer can carry', record({ inputs: [`header ${'x'.repeat(2_042)}`] })],
  ])('%s', (_, text) => {
    expect(decode(text)).toBeNull()
  })

  test('a record of as many names as an answer can carry is read', () => {
    const inputs = [`header ${'x'.repeat(2_041)}`]
    expect(decode(record({ inputs }))).toEqual({ ...RECORD, inputs })
  })

  test('the cases above differ from an entry and a record in that alone', () => {
    expect(decode(about({}))).toEqual({ ...ENTRY, body: 'body' })
    expect(decode(record({}))).toEqual(RECORD)
  })

  test('garbage and damage never throw', () => {
    const sound = [
      encodeEntry(ENTRY),
      encodeEntry({ ...ENTRY, body: bytes(0xff, 0xfe, 0xfd) }),
      encodeVaryRecord(RECORD),
    ]
    const damaged = fc
      .tuple(fc.constantFrom(...sound), fc.nat(), fc.nat(20), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([text, at, length, put]) => {
        const from = at % (text.length + 1)
        return text.slice(0, from) + put + text.slice(from + length)
      })
    const metadata = fc.json().map((json) => `hrc1 ${json}\nbody`)
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), damaged, metadata), (text) => {
        const decoded = decode(text)
        if (decoded === null) return
        if (isRecord(decoded)) expect(decoded.inputs).toBeInstanceOf(Array)
        else expect(decoded.status).toBeGreaterThanOrEqual(200)
      }),
      { numRuns: 2000 },
    )
  })

  test('an entry cut short anywhere in its metadata is a miss', () => {
    const text = encodeEntry(ENTRY)
    for (let end = 0; end <= text.indexOf('\n'); end++) expect(decode(text.slice(0, end))).toBeNull()
  })
})

describe('a head that was decoded before', () => {
  const binary = { ...ENTRY, body: bytes(0xff, 0xfe, 0xfd) }

  test.each<[string, string, string]>([
    ['another body behind it', encodeEntry(ENTRY), encodeEntry({ ...ENTRY, body: 'another' })],
    ['another body in base64', encodeEntry(binary), encodeEntry({ ...binary, body: bytes(0xfe) })],
    ['a body that is no base64', encodeEntry(binary), encodeEntry(binary).replace(/.$/, '*')],
    ['a text in place of the base64', encodeEntry(binary), encodeEntry(ENTRY)],
    ['a vary record', encodeVaryRecord(RECORD), encodeVaryRecord(RECORD)],
    ['another stamp', encodeEntry(ENTRY), encodeEntry({ ...ENTRY, stamp: '5f1d:13' })],
  ])('gives what it gives without a memory: %s', (_, first, then) => {
    const heads = new Map()
    for (const text of [first, then, first, then]) expect(decode(text, heads)).toEqual(decode(text))
    expect(heads.size).toBeGreaterThan(0)
  })

  test('is not parsed again', () => {
    const heads = new Map()
    decode(encodeEntry(ENTRY), heads)
    const parse = vi.spyOn(JSON, 'parse')
    expect(decode(encodeEntry({ ...ENTRY, body: 'another' }), heads)).toEqual({ ...ENTRY, body: 'another' })
    expect(parse).not.toHaveBeenCalled()
    parse.mockRestore()
  })

  test('is remembered only where it is sound', () => {
    const heads = new Map()
    for (const text of ['hrc1 {}\nbody', 'hrc1 null\nbody', encodeEntry({ ...ENTRY, status: 99 })])
      expect(decode(text, heads)).toBeNull()
    expect(heads.size).toBe(0)
  })
})

describe('a client that deserialises', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
  })

  test.each([
    encodeEntry(ENTRY),
    encodeEntry({ ...ENTRY, body: '' }),
    encodeVaryRecord(RECORD),
    'hrc1 1',
    'hrc1 ',
  ])('cannot: no JSON parser takes %j', (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError)
  })

  test.each([
    ['with its default settings', {}],
    ['without base64', { responseEncoding: false as const }],
  ])('hands entries back unchanged: @upstash/redis %s', async (_, settings) => {
    const values = [
      encodeEntry(ENTRY),
      encodeEntry({ ...ENTRY, body: bytes(0xff) }),
      encodeVaryRecord(RECORD),
      null,
    ]
    vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
      const encoded = new Headers(init.headers).get('upstash-encoding') === 'base64'
      const reply = (value: string | null) =>
        value !== null && encoded ? Buffer.from(value).toString('base64') : value
      return Response.json({ result: values.map(reply) })
    })
    const redis = new Redis({ url: 'https://redis.example', token: 't', ...settings })
    expect(await redis.exec(['MGET', 'a', 'b', 'c', 'd'])).toEqual(values)
  })
})
