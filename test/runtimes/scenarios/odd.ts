/**
 * Odd but legal requests, and routes that answer oddly, at random. Left out is what runtimes are known to treat each in
 * its own way: bodies without a type, lone surrogates in a body, several fields of one name where one is empty.
 */
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { type CacheOptions, cache } from '../../../src/index.ts'
import { type Seeded, seeded } from '../../fixtures/seeded.ts'
import type { Scenario, Stage } from '../stage.ts'

const PATHS = `a A %41 %2F %2f %5C .. %2E%2e caf%C3%A9 café % %zz %FF %ED%A0%80 %00 + %20 ~ ' ; : @ | ^ { " < > \\ 🍣 .`
const NAMES = `a b A %61 a[] __proto__ é + %20 %FF %C3 %ED%A0%80 ?a ' " < 🍣 %EF%BF%BD %EF%BF%BF toString`
const VALUES = `1 %31 + %20 %2B %26 = ?b=1 % %zz %FF é %ED%A0%80 ' " | ^ \\ %00 %0D%0A ; %EF%BB%BF`
const HOSTS = `example.com EXAMPLE.com:80 example.com:8080 [::1] [0:0::1]:8080 127.1 0x7f.1 bücher.example`
const TAGS = `t größe 🍣 %41 __proto__ \ud800x \u0000 ' e\u0301 ${'long'.repeat(20)}`

const DATES = [
  'Tue, 01 Jan 2030 13:00:00 GMT',
  'Tuesday, 01-Jan-30 11:00:00 GMT',
  'Tue Jan  1 11:00:00 2030',
  '0',
]
const ETAGS = ['"x"', 'W/"x"', 'x', '"é"', '*', '"a,b"']
const CONTROLS = [
  'public',
  'no-cache',
  'max-age=60',
  'max-age="60"',
  's-maxage=0',
  'private="x"',
  'max-age=x',
  'é=1',
]
const LANGUAGES = ['de', 'de, en;q=0.5', '*', 'de;q=0', 'é']
const TEXTS = ['x', ' x ', 'a, b', 'é', '\xff\x80', '\xa0x', '%', '{"a":1}', '__proto__', 'long'.repeat(500)]

const ASKED: readonly (readonly [name: string, values: readonly string[]])[] = [
  ['x-a', TEXTS],
  ['accept-language', LANGUAGES],
  ['cookie', ['a=1', 'a', 'a="1"; a=2', 'A=1;a=%zz', '=1', 'a=é']],
  ['range', ['bytes=0-0', 'bytes=-1', 'bytes=1-2', 'bytes=99-', 'bytes = 0-1', 'bytes=0-1,2-3', 'items=0-1']],
  ['if-range', [...ETAGS, ...DATES]],
  ['if-none-match', ETAGS],
  ['if-modified-since', DATES],
  ['cache-control', CONTROLS],
]

const TOLD: typeof ASKED = [
  ['x-a', TEXTS],
  ['vary', ['x-a', 'X-A, x-b', 'Accept-Language', '*', 'é']],
  ['set-cookie', ['a=1', 'b=é']],
  ['surrogate-control', CONTROLS],
  ['cache-control', CONTROLS],
  ['content-language', LANGUAGES],
  ['etag', ETAGS],
  ['last-modified', DATES],
  ['expires', DATES],
  ['date', DATES],
  ['age', ['0', '30', '-1', 'x', '99999999999']],
  ['content-length', ['3']],
  ['link', ['</a>', '</é>']],
  ['x-b', TEXTS],
  ['location', ['/é']],
  ['pragma', ['no-cache']],
  ['connection', ['x-a']],
]

const BODIES = [
  '',
  'Grüße 🍣',
  '\ufeffmark',
  '\n',
  '\u0000',
  Uint8Array.of(0xff, 0xfe),
  Uint8Array.of(0x61, 0xe2, 0x82),
]
const STATUSES = [200, 200, 200, 200, 200, 200, 200, 203, 301, 404, 206, 599]

const word = (random: Seeded, words: string): string => random.pick(words.split(' '))
const fieldsOf = (random: Seeded, kinds: typeof ASKED): [string, string][] =>
  random
    .shuffle(kinds)
    .slice(0, random.int(4))
    .map(([name, values]) => [name, random.pick(values)])

function optionsOf(random: Seeded): CacheOptions {
  return {
    policy: random.pick(['safe', 'standard']),
    methods: ['GET', 'HEAD', 'POST', 'QUERY'],
    namespace: word(random, TAGS),
    tags: [word(random, TAGS), word(random, TAGS)],
    ...(random.chance(0.7) && { expire: { 200: 60, 203: 1.5, 301: 60, 404: 30, 500: 5 } }),
    ...(random.chance(0.2) && { query: random.pick([false, { only: ['a', 'é'] }, { ignore: ['\ufffd'] }]) }),
    ...(random.chance(0.3) && { vary: { headers: ['x-a'], cookies: ['a', '__proto__'] } }),
    ...(random.chance(0.2) && { staleWhileRevalidate: 30, staleIfError: 30 }),
  }
}

const READS: readonly ((c: Context) => unknown)[] = [
  () => '',
  ({ req }) => req.query(),
  ({ req }) => req.queries('a'),
  ({ req }) => req.header('x-a'),
  (c) => getCookie(c, 'a'),
]

/** A route below a path of its own. */
function oddRoute({ app }: Stage, random: Seeded, at: string): void {
  const made = random.pick(BODIES)
  const status = random.pick(STATUSES)
  const fields = fieldsOf(random, TOLD)
  const reads = random.pick(READS)
  app.on(['GET', 'POST', 'QUERY'], `${at}*`, cache(optionsOf(random)), (c) => {
    const body = typeof made === 'string' ? made + JSON.stringify(reads(c)) : made
    const response = new Response(body, { status, headers: { 'content-type': 'text/css' } })
    for (const [name, value] of fields) response.headers.append(name, value)
    return response
  })
}

const some = (random: Seeded, most: number, make: () => string): string[] =>
  Array.from({ length: random.int(most + 1) }, make)

async function askOddly({ ask, pass }: Stage, random: Seeded, at: string): Promise<void> {
  const path = some(random, 3, () => word(random, PATHS)).join('/')
  const pairs = some(random, 3, () => `${word(random, NAMES)}=${word(random, VALUES)}`)
  const url = `http://${word(random, HOSTS)}${at}${path}?${pairs.join('&')}`
  const method = random.pick(['GET', 'GET', 'GET', 'HEAD', 'POST', 'QUERY', 'DELETE'])
  const body = /POST|QUERY/.test(method) ? random.pick([random.bytes(9), new Uint8Array(), null]) : null
  const headers = fieldsOf(random, ASKED)
  for (let time = 0; time < 2; time++) await ask(url, { method, body, headers })
  if (random.chance(0.3)) pass(random.pick([1, 40, 61]))
  await ask(url, { method, body, headers: [...headers.slice(1), ...fieldsOf(random, ASKED.slice(3, 4))] })
}

function oddly(seed: string): Scenario {
  return async (stage) => {
    const random = seeded(seed)
    for (let route = 0; route < 30; route++) oddRoute(stage, random, `/${route}/`)
    for (let time = 0; time < 120; time++) await askOddly(stage, random, `/${random.int(30)}/`)
  }
}

export const odd: Readonly<Record<string, Scenario>> = Object.fromEntries(
  Array.from({ length: 6 }, (_, at) => [`odd requests and answers, number ${at}`, oddly(`odd ${at}`)]),
)
