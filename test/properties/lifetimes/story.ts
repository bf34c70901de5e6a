/**
 * Random stories: a route with its options, and what happens to it, one thing after another. A story is plain data, so
 * that a part of one is a story as well.
 */
import type { CacheOptions } from '../../../src/index.ts'
import { type Seeded, seeded } from '../../fixtures/seeded.ts'
import { LANGUAGES, PATHS } from './pages.ts'

export interface Call {
  readonly id: number
  readonly isolate: number
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  /** The client has a copy: the place, from the end, among the validators that were seen of this URL. */
  readonly has?: {
    readonly field: 'if-none-match' | 'if-modified-since' | 'if-range' | 'if-match'
    readonly back: number
  }
  readonly body?: string
  /** What the origin makes of it by chance. */
  readonly noise: string
  readonly slow: boolean | 'body'
  readonly hangsUp: boolean
  /** The origin fails. */
  readonly fails?: boolean
}

export type Target =
  | { readonly path: string }
  | { readonly tag: string }
  | { readonly namespace: string }
  | { readonly key: string; readonly namespace: string }
  | undefined

/** What may happen while others wait. */
export type Event =
  | { readonly change: string }
  | { readonly clear: Target; readonly isolate: number }
  | { readonly pass: number }

export type Step =
  | Event
  | { readonly calls: readonly Call[]; readonly during: readonly Event[]; readonly later: readonly Call[] }
  /** The same twice, and then by HEAD: the second is a hit where the first could be stored. */
  | { readonly twice: Call }
  /** The same twice, the second time when the first is stale; the origin may fail then. */
  | { readonly late: Call }
  /** The same by three at once: what may be shared is made once. */
  | { readonly crowd: Call }
  /** The store fails from now on, or no more. */
  | { readonly down: boolean }

export interface Story {
  readonly seed: string
  readonly options: CacheOptions
  /** Whether the route names its keys itself: the path and the query. */
  readonly built: boolean
  /** It is about the parts of one page. */
  readonly parts: boolean
  /** What is of no more use stays in the store all the same, as long as the story. */
  readonly outlives: boolean
  /** Each call of the store takes a while, before it is made and behind it. */
  readonly latency: boolean
  /** Seconds of the near tier. */
  readonly near: number | null
  readonly steps: readonly Step[]
}

const optionsOf = (random: Seeded): CacheOptions => {
  const may = <T>(p: number, name: string, values: readonly T[]) =>
    random.chance(p) ? { [name]: random.pick(values) } : {}
  return {
    ...may(0.6, 'policy', ['standard']),
    ...may(0.4, 'expire', [0, 10, 40, { 200: 20, 404: 5, 500: 15, 203: 30, 204: 10 }]),
    ...may(0.3, 'staleWhileRevalidate', [15, 60]),
    ...may(0.3, 'staleIfError', [15, 60]),
    ...may(0.2, 'refreshAhead', [0.5, 0.1]),
    ...may(0.2, 'etag', [false]),
    ...may(0.2, 'cacheControl', ['max-age=1']),
    ...random.pick([
      ...Array<CacheOptions>(12).fill({}),
      { coalesce: false },
      { coalesce: false },
      { lease: true, coalesceWait: 0.05 },
    ]),
    ...may(0.15, 'maxBodyBytes', [60]),
    ...may(0.2, 'awaitStore', [true]),
    ...may(0.3, 'methods', [['GET', 'HEAD', 'QUERY']]),
    ...may(0.3, 'query', [{ ignore: ['u'] }, { only: ['x'] }]),
    ...may(0.2, 'namespace', ['shop']),
    ...may(0.1, 'vary', [['accept-language']]),
    ...may(0.1, 'autoVary', [true]),
  }
}

const LANGUAGE_FIELDS = [...LANGUAGES, 'fr, en;q=0.5', 'fr, en;q=0.5', 'en;q=0.5, fr', 'it, de;q=0.9']
const DEMANDS = [
  'no-cache',
  'no-store',
  'only-if-cached',
  'max-stale',
  'max-stale=20',
  'max-age=10',
  'max-age=0',
  'min-fresh=8',
  'max-age=20, max-stale=10',
  'only-if-cached, max-stale',
]
const RANGES = [
  'bytes=0-9',
  'bytes=5-',
  'bytes=-7',
  'bytes=0-',
  'bytes=3-3',
  'bytes=0-1,4-5',
  'bytes=900-',
  'bytes=-0',
  'bytes=10-2000',
  'bytes=9-3',
]

function callOf(
  random: Seeded,
  { seed, parts }: Pick<Story, 'seed' | 'parts'>,
  id: number,
  plain = false,
): Call {
  const headers: Record<string, string> = {}
  if (random.chance(0.55)) headers['accept-language'] = random.pick(LANGUAGE_FIELDS)
  if (random.chance(0.3)) headers.accept = random.pick(['text/html', 'text/plain'])
  if (random.chance(0.3)) headers['accept-encoding'] = random.pick(['gzip', 'br, gzip', 'br'])
  const method = plain
    ? 'GET'
    : random.pick([...Array<string>(parts ? 20 : 6).fill('GET'), 'HEAD', 'HEAD', 'QUERY', 'PUT', 'POST'])
  const common = {
    id,
    isolate: Number(random.chance(0.25)),
    method,
    path: parts ? PATHS[0] : random.pick([PATHS[0], PATHS[0], PATHS[0], ...PATHS]),
    query: parts ? '' : random.pick(['', '', '', '', '', '', '?x=1', '?u=2', '?u=3&x=1']),
    headers,
    noise: `${seed} ${id}`,
    slow: false,
    hangsUp: false,
  }
  if (plain) return common
  if (random.chance(0.2)) headers['cache-control'] = random.pick(DEMANDS)
  if (random.chance(0.02)) headers.pragma = 'no-cache'
  if (random.chance(parts ? 0.7 : 0.25)) headers.range = random.pick(RANGES)
  if (random.chance(0.03)) headers['if-none-match'] = random.pick(['*', '"none"'])
  return {
    ...common,
    ...(random.chance(0.3) && {
      has: {
        field: random.pick([
          ...Array<'if-none-match'>(4).fill('if-none-match'),
          'if-modified-since',
          'if-modified-since',
          'if-match',
          ...(headers.range ? (['if-range', 'if-range'] as const) : []),
        ] as const),
        back: random.int(3),
      },
    }),
    ...(method === 'QUERY' && { body: random.pick(['a', 'b']) }),
    slow: random.pick<Call['slow']>([false, false, true, 'body']),
    hangsUp: random.chance(0.06),
  }
}

const eventOf = (random: Seeded, options: CacheOptions): Event => {
  const kind = random.next()
  if (kind < 0.3) return { change: random.pick(PATHS) }
  if (kind < 0.5) {
    const { namespace = 'default' } = options
    const target = random.pick<Target>([
      undefined,
      { path: PATHS[0] },
      { path: PATHS[1] },
      { tag: 't/0' },
      { tag: 'added' },
      { namespace },
      { key: PATHS[0], namespace },
      { key: PATHS[0], namespace },
    ])
    return { clear: target, isolate: Number(random.chance(0.25)) }
  }
  return { pass: random.pick([0.4, 1, 3, 5, 9, 9.7, 12, 25, 35, 150]) }
}

export function randomStory(seed: string, length: number): Story {
  const random = seeded(seed)
  const options = optionsOf(random)
  const parts = random.chance(0.25)
  if (parts) Object.assign(options, { policy: 'standard' })
  const faulty = random.chance(0.2)
  let id = 0
  const call = (plain = false) => callOf(random, { seed, parts }, id++, plain)
  const calls = (most: number) => Array.from({ length: random.int(most + 1) }, () => call())
  /** The same request by several, each with its own conditions. */
  const alike = (most: number) => {
    const {
      path,
      query,
      headers: { range: _, 'cache-control': __, ...headers },
    } = call(true)
    return Array.from({ length: 1 + random.int(most) }, () => ({
      ...call(random.chance(0.5)),
      path,
      query,
      headers,
      slow: random.pick<Call['slow']>([true, true, 'body']),
    }))
  }
  const stepOf = (): Step => {
    const kind = random.next()
    if (kind < 0.35) return { calls: [{ ...call(), slow: false }], during: [], later: [] }
    if (kind < 0.5) {
      const during = random.chance(0.6)
        ? [eventOf(random, options), ...(random.chance(0.3) ? [eventOf(random, options)] : [])]
        : []
      return random.chance(0.6)
        ? { calls: alike(2), during, later: random.chance(0.5) ? alike(2) : calls(2) }
        : { calls: [call(), ...calls(1)], during, later: calls(2) }
    }
    if (kind < 0.53) return { crowd: { ...call(true), slow: true } }
    if (kind < 0.56) return { late: { ...call(true), fails: random.chance(0.5) } }
    if (kind < 0.65) {
      const once = call(true)
      const range = random.chance(0.15) ? { range: random.pick(RANGES) } : {}
      return { twice: { ...once, headers: { ...once.headers, ...range } } }
    }
    if (faulty && kind < 0.69) return { down: random.chance(0.5) }
    return eventOf(random, options)
  }
  const near = random.chance(0.4) ? random.pick([0, 5, 20]) : null
  return {
    seed,
    options,
    built: random.chance(0.15),
    parts,
    outlives: random.chance(0.5),
    latency: random.chance(0.3),
    near,
    steps: Array.from({ length }, stepOf),
  }
}
