/**
 * The options of one `cache()`, resolved: defaults filled in, names in their canonical form.
 */

import type { Context } from 'hono'
import { defined } from '../checking.ts'
import { PROFILES, type Profile } from '../http/profile.ts'
import type { QueryRule } from '../key/canonical.ts'
import { namespaceScope } from '../store/scope.ts'
import { checkCacheOptions } from './check-options.ts'
import { DEFAULT_NAMESPACE } from './clearing.ts'
import type { CacheOptions, Seconds } from './options.ts'

// biome-ignore lint/suspicious/noExplicitAny: the Context of any app
type AnyContext = Context<any, any>
// biome-ignore lint/suspicious/noExplicitAny: options for any app
type AnyOptions = CacheOptions<any, any>

export interface Route {
  /** Tells it from any other, and unlike the route itself holds on to nothing that the app's functions hold. */
  readonly id: object
  /** Seconds by status; `undefined` where the route names none. */
  readonly expire: Readonly<Record<number, Seconds<AnyContext>>> | undefined
  readonly namespace: string
  readonly namespaceScope: string
  readonly key: string | undefined
  readonly keyBuilder: AnyOptions['keyBuilder']
  readonly methods: readonly string[]
  readonly query: QueryRule
  /** In lower case. Sorted, as are the two that follow: the order in which they were written means nothing. */
  readonly headers: readonly string[]
  readonly cookies: readonly string[]
  readonly vars: readonly string[]
  /** Headers that `vars` stand for. */
  readonly covers: readonly string[]
  readonly profile: Profile
  readonly autoVary: boolean
  readonly staleWhileRevalidate: number
  readonly staleIfError: number
  readonly cacheControl: string | undefined
  readonly awaitStore: boolean
  readonly coalesce: boolean
  readonly coalesceWait: number
  readonly lease: boolean
  readonly refreshAhead: number
  readonly jitter: number
  readonly tags: NonNullable<AnyOptions['tags']>
  readonly when: AnyOptions['when']
  readonly storeWhen: AnyOptions['storeWhen']
  readonly etag: boolean
  readonly maxBodyBytes: number
}

/** Of what is taken as it is given. */
const DEFAULTS = {
  namespace: DEFAULT_NAMESPACE,
  key: undefined,
  keyBuilder: undefined,
  methods: ['GET', 'HEAD'],
  staleWhileRevalidate: 0,
  staleIfError: 0,
  cacheControl: undefined,
  awaitStore: false,
  coalesce: true,
  coalesceWait: 2,
  lease: false,
  refreshAhead: 1,
  jitter: 0,
  tags: [],
  when: undefined,
  storeWhen: undefined,
  etag: true,
  maxBodyBytes: 1_048_576,
}

/** @param options of which none is `undefined` */
export function resolveRoute(options: AnyOptions): Route {
  const { policy = 'safe', expire, query = true, vary = {}, ...asGiven } = options
  const { headers = [], cookies = [], vars = [], covers = [] } = isNames(vary) ? { headers: vary } : vary
  const profile = PROFILES[policy]
  return {
    ...DEFAULTS,
    autoVary: profile.observes,
    ...asGiven,
    id: {},
    profile,
    expire: typeof expire === 'number' || typeof expire === 'function' ? { 200: expire } : expire,
    namespaceScope: namespaceScope(options.namespace ?? DEFAULT_NAMESPACE),
    query: typeof query === 'boolean' ? query : defined(query),
    headers: sorted(headers.map((name) => name.toLowerCase())),
    cookies: sorted(cookies),
    vars: sorted(vars),
    covers: covers.map((name) => name.toLowerCase()),
  }
}

/** Resolves a route's own options over the defaults of whichever `redisCache()` is above it. */
export function routeResolver(options: AnyOptions): (defaults: AnyOptions | undefined) => Route {
  checkCacheOptions(options)
  const own = defined(options)
  const alone = resolveRoute(own)
  const resolved = new WeakMap<AnyOptions, Route>()
  return (defaults) => {
    if (!defaults) return alone
    let route = resolved.get(defaults)
    if (!route) {
      route = resolveRoute({ ...standing(defined(defaults), own), ...own })
      resolved.set(defaults, route)
    }
    return route
  }
}

/** The defaults beside a route's own options: of two that exclude each other, its own counts. */
function standing(defaults: AnyOptions, own: AnyOptions): AnyOptions {
  const left = { ...defaults }
  if (own.key !== undefined) delete left.keyBuilder
  if (own.coalesce === false) delete left.lease
  if (own.lease) delete left.coalesce
  return left
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()

const isNames = (vary: NonNullable<AnyOptions['vary']>): vary is readonly string[] => Array.isArray(vary)

/** Whether the key, or what the author says it stands for, covers that header. */
export const covers = (route: Route, header: string): boolean =>
  route.headers.includes(header) ||
  route.covers.includes(header) ||
  (header === 'cookie' && route.cookies.length > 0)

/** The headers that a response varies on by the route's declaration; what a downstream cache must know. */
export const declaredVary = (route: Route): readonly string[] =>
  route.cookies.length > 0 && !route.headers.includes('cookie') ? [...route.headers, 'cookie'] : route.headers

/** The inputs that the route declares, by name. */
export const declaredInputs = ({ headers, cookies, vars }: Route): readonly string[] => [
  ...headers.map((name) => `header ${name}`),
  ...cookies.map((name) => `cookie ${name}`),
  ...vars.map((name) => `var ${name}`),
]

/** Whether the requests of one URL have one key, by the route's declaration. */
export const isKeyedByUrl = ({ headers, cookies, vars, keyBuilder }: Route): boolean =>
  headers.length + cookies.length + vars.length === 0 && !keyBuilder
