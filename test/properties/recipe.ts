/**
 * Random routes, as plain data: what the handler reads and in which way, and the options of its `cache()`.
 *
 * What an option claims in the author's name (a static key, `covers`, `exclude`, a query rule, named cookies, a path
 * inside a variable, `autoVary: false`) is drawn only where it is true of what was drawn for the handler.
 */
import type { Seeded } from '../fixtures/seeded.ts'
import {
  ALONE,
  BODY_WAYS,
  COOKIE_WAYS,
  HEADER_WAYS,
  NAMES_WAYS,
  PATH_WAYS,
  QUERY_WAYS,
  TOUCH_WAYS,
  VARIABLE_WAYS,
  WHOLE_WAYS,
} from './ways.ts'
import {
  type Call,
  COOKIES,
  HEADERS,
  QUERIES,
  randomCall,
  type Source,
  type UserKind,
  VARIABLES,
} from './world.ts'

/** One thing that the handler does. */
export type Step =
  | { readonly read: Kind; readonly name: string; readonly way: string }
  /** Whom the credential names, and nothing else of it. */
  | { readonly subject: 'c.req.header' | 'raw.headers.get' }
  /** A dependency: it answers the same to everybody. */
  | { readonly dependency: 'c.get' | 'c.var' }
  /** Handed to a memoized function, or to one inside another. */
  | { readonly memo: readonly Step[]; readonly nested: boolean }
  /** What is read next depends on the length of what the first reads. */
  | { readonly when: Step; readonly even: readonly Step[]; readonly odd: readonly Step[] }
  /** Sets a variable that middleware above has set as well, and reads that. */
  | { readonly overwrite: 'tenant' | 'locale' }

export type Kind = 'header' | 'cookie' | 'variable' | 'names' | 'whole' | 'query' | 'path' | 'body' | 'touch'

export const RESPONSES = [
  'json',
  'text',
  'body',
  'response',
  'stream',
  'hono stream',
  'pulled stream',
] as const

export interface Recipe {
  readonly source: Source
  readonly kind: UserKind
  readonly bodyAbove: boolean
  /** Middleware below the cache: what it reads becomes a variable that the handler answers with. */
  readonly inner: readonly Step[]
  readonly steps: readonly Step[]
  /** Read while the body is sent. */
  readonly late: readonly Step[]
  readonly respond: (typeof RESPONSES)[number]
  readonly errors: 'none' | '404' | 'throws' | 'cookie'
  readonly methods: readonly Call['method'][]
  readonly exclude: readonly string[]
  readonly options: {
    readonly expire?: number | Readonly<Record<number, number>>
    readonly namespace?: string
    readonly key?: string
    readonly query?: boolean | { only: readonly string[] } | { ignore: readonly string[] }
    readonly vary?: {
      readonly headers: readonly string[]
      readonly cookies?: readonly string[]
      readonly vars: readonly string[]
      readonly covers?: readonly string[]
    }
    readonly autoVary?: boolean
    readonly etag?: boolean
    readonly tags?: readonly string[]
    readonly maxBodyBytes?: number
  }
  /** The key is built of the path. */
  readonly built: boolean
}

/** A route, and who asks for it: callers of one group ask at once, and then time passes. */
export interface Story {
  readonly route: Recipe
  readonly groups: readonly { readonly calls: readonly Call[]; readonly seconds: number }[]
}

export function randomStory(random: Seeded, calls: number): Story {
  const route = randomRecipe(random)
  // A few callers who come again, at times with something else about them.
  const cast = Array.from({ length: 6 }, () => randomCall(random, route.methods))
  const someone = () => {
    const known = random.pick(cast)
    if (random.chance(0.7)) return known
    const other = randomCall(random, route.methods)
    return random.chance(0.5) ? { ...known, headers: other.headers } : { ...other, headers: known.headers }
  }
  const groups: { calls: Call[]; seconds: number }[] = []
  for (let left = calls; left > 0; ) {
    const size = Math.min(left, random.chance(0.2) ? 1 + random.int(4) : 1)
    groups.push({
      calls: Array.from({ length: size }, someone),
      seconds: random.chance(0.15) ? random.int(40) : 0,
    })
    left -= size
  }
  return { route, groups }
}

export function randomRecipe(random: Seeded): Recipe {
  const autoVary = !random.chance(0.1)
  const methods: Call['method'][] = random.chance(0.15)
    ? ['GET', 'POST']
    : random.chance(0.3)
      ? ['GET', 'GET', 'HEAD']
      : ['GET']
  const harmless = random.chance(0.6)
  const step = (depth: number) =>
    randomStep(random, { autoVary, harmless, hasBody: methods.includes('POST') }, depth)
  const several = (most: number) => Array.from({ length: random.int(most + 1) }, () => step(1))
  const respond = random.pick(RESPONSES)
  const source = random.pick(['authorization', 'cookie'] as const)
  const steps = several(3)
  const inner = autoVary && random.chance(0.2) ? several(1) : []
  const late = autoVary && respond.endsWith('stream') ? several(2) : []
  const done = [...flat(steps), ...flat(inner), ...flat(late)]
  const { options, built, exclude } = randomOptions(random, { done, source, autoVary })
  return {
    source,
    kind: random.pick(['plain', 'class', 'mixed']),
    bodyAbove: random.chance(0.3),
    inner,
    steps,
    late,
    respond,
    errors: random.chance(0.85) ? 'none' : random.pick(['404', 'throws', 'cookie']),
    methods,
    exclude,
    options,
    built,
  }
}

interface Allowed {
  readonly autoVary: boolean
  /** Only what can be part of a key. */
  readonly harmless: boolean
  readonly hasBody: boolean
}

function randomStep(random: Seeded, allowed: Allowed, depth: number): Step {
  const nested = () => Array.from({ length: 1 + random.int(2) }, () => randomStep(random, allowed, depth + 1))
  if (depth < 3 && random.chance(0.2)) {
    if (random.chance(0.4)) return { memo: nested(), nested: random.chance(0.3) }
    return {
      when: randomStep(random, allowed, 3),
      even: nested(),
      odd: random.chance(0.5) ? nested() : [],
    }
  }
  if (!allowed.autoVary) {
    return random.chance(0.6)
      ? { read: 'header', name: random.pick([...HEADERS, 'cookie', 'authorization']), way: 'c.req.header' }
      : { read: 'query', name: random.pick(QUERIES), way: 'c.req.query' }
  }
  if (allowed.harmless) return randomHarmlessStep(random)
  const draw = random.next()
  if (draw < 0.25) return read(random, 'header', HEADERS, HEADER_WAYS)
  if (draw < 0.45) return read(random, 'variable', VARIABLES, VARIABLE_WAYS)
  if (draw < 0.45) return read(random, 'names', [''], NAMES_WAYS)
  if (draw < 0.6) return read(random, 'cookie', COOKIES, COOKIE_WAYS)
  if (draw < 0.64) return read(random, 'whole', [''], WHOLE_WAYS)
  if (draw < 0.72) return read(random, 'query', QUERIES, QUERY_WAYS)
  if (draw < 0.78) return read(random, 'path', [''], PATH_WAYS)
  if (draw < 0.82 && allowed.hasBody) return read(random, 'body', [''], BODY_WAYS)
  if (draw < 0.88) return { subject: random.pick(['c.req.header', 'raw.headers.get']) }
  if (draw < 0.92) return { dependency: random.pick(['c.get', 'c.var']) }
  if (draw < 0.95) return { overwrite: random.pick(['tenant', 'locale']) }
  return read(random, 'touch', [''], TOUCH_WAYS)
}

function randomHarmlessStep(random: Seeded): Step {
  const draw = random.next()
  if (draw < 0.35) return read(random, 'header', HEADERS, HEADER_WAYS)
  if (draw < 0.65) return read(random, 'variable', PLAIN_VARIABLES, ONE_BY_ONE)
  if (draw < 0.75) return read(random, 'query', QUERIES, QUERY_WAYS)
  if (draw < 0.85) return read(random, 'path', [''], PATH_WAYS)
  if (draw < 0.9) return { overwrite: random.pick(['tenant', 'locale']) }
  return read(random, 'touch', [''], TOUCH_WAYS)
}

const PLAIN_VARIABLES = ['tenant', 'theme', 'locale', 'flags']
const ONE_BY_ONE = { 'c.get': 0, 'c.var': 0, 'c.get taken off': 0, 'c.var kept for later': 0 }

const read = (random: Seeded, kind: Kind, names: readonly string[], ways: object): Step => ({
  read: kind,
  name: random.pick(names),
  way: random.pick(Object.keys(ways)),
})

/** Every step, those inside others too. */
export const flat = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap((step) => {
    if ('memo' in step) return [step, ...flat(step.memo)]
    if ('when' in step) return [step, ...flat([step.when, ...step.even, ...step.odd])]
    return [step]
  })

interface Drawn {
  readonly done: readonly Step[]
  readonly source: Source
  readonly autoVary: boolean
}

function randomOptions(random: Seeded, { done, source, autoVary }: Drawn) {
  const names = (kind: Kind) =>
    done.flatMap((step) => ('read' in step && step.read === kind ? [step.name] : []))
  const does = (kind: Kind) => names(kind).length > 0
  const some = <T>(items: readonly T[], chance: number) => items.filter(() => random.chance(chance))

  // A key of the author's own claims that nothing else of the URL matters.
  const built = !does('query') && random.chance(0.15)
  const key = !built && !does('query') && !does('path') && random.chance(0.2)
  // The query rule claims what of it matters.
  const queries = names('query')
  const ignored = QUERIES.filter((name) => !queries.includes(name))
  const query = random.pick<Recipe['options']['query']>([
    true,
    ...(queries.length === 0 ? [false] : []),
    { only: [...new Set(queries)] },
    { ignore: some(ignored, 0.7) },
  ])

  // A path inside a variable claims that the rest of it does not matter: all that is read of it is named, or nothing.
  const paths = names('variable')
  const rootOf = (path: string) => path.split('.')[0]
  const roots = new Set(VARIABLES.map(rootOf))
  const vars = [...roots].flatMap((root) => {
    const taken = paths.filter((path) => rootOf(path) === root)
    if (taken.length > 0) return random.chance(0.5) ? [...new Set(taken)] : []
    return random.chance(0.05) ? [random.pick(VARIABLES.filter((path) => rootOf(path) === root))] : []
  })

  // Whom the credential names is what `user.id` says; more of it the handler must not take.
  const takesMore = source === 'cookie' && does('cookie')
  const named = vars.includes('user.id') || vars.includes('user')
  const covers = autoVary && !takesMore && named && random.chance(0.7) ? [source] : undefined

  // With named cookies the handler sees those and no others.
  const cookiesAlone = done.every(
    (step) =>
      !('subject' in step && source === 'cookie') &&
      !('read' in step && step.read === 'whole') &&
      !('read' in step && step.read === 'header' && step.name === 'cookie') &&
      !('read' in step && step.read === 'cookie' && !ALONE.includes(step.way)),
  )
  const cookies =
    cookiesAlone && !covers && random.chance(does('cookie') ? 0.6 : 0.1)
      ? [...new Set([...names('cookie'), random.pick(COOKIES)])]
      : undefined

  const options: Recipe['options'] = {
    expire: random.pick([5, 60, { 200: 60, 404: 5 }]),
    vary: {
      headers: some(HEADERS, 0.1),
      vars,
      ...(cookies && { cookies }),
      ...(covers && { covers }),
    },
    query: query!,
    ...(key && { key: 'static' }),
    ...(!autoVary && { autoVary }),
    ...(random.chance(0.3) && { namespace: 'pages' }),
    ...(random.chance(0.3) && { tags: ['page'] }),
    ...(random.chance(0.2) && { etag: false }),
    ...(random.chance(0.05) && { maxBodyBytes: 20 }),
  }
  return { options, built, exclude: random.chance(0.5) ? ['db'] : [] }
}
