/**
 * The world of the random routes: who asks, with what, and what middleware above the cache makes of it.
 *
 * Few values of everything, so that requests meet; and noise that no route reads, which must never keep them apart.
 */
import type { Context, Env, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { validator } from 'hono/validator'
import type { Seeded } from '../fixtures/seeded.ts'

export interface WorldEnv extends Env {
  Bindings: { incoming: { headers: Record<string, string | undefined> } }
  Variables: {
    user: User | { id: string; role: string } | undefined
    tenant: string
    theme: string
    locale: string
    flags: unknown
    session: unknown
    db: Database
    mine: number
  }
}

/** A request, as data. */
export interface Call {
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** Where the identity of a caller comes from. */
export type Source = 'authorization' | 'cookie'
/** What the identity is to the app: a plain object, a class instance, or one or the other. */
export type UserKind = 'plain' | 'class' | 'mixed'

export const HEADERS = ['accept-language', 'x-tenant', 'x-mode', 'user-agent'] as const
export const COOKIES = ['theme', 'session', 'ads'] as const
export const VARIABLES = [
  'user',
  'user.id',
  'user.role',
  'tenant',
  'theme',
  'locale',
  'flags',
  'session',
] as const
export const QUERIES = ['page', 'sort', 'utm'] as const

class User {
  readonly id: string
  readonly role: string
  constructor(id: string, role: string) {
    this.id = id
    this.role = role
  }
}

export class Database {
  /** The same for everybody. */
  load(id: string): string {
    return `row ${id}`
  }
}

/** `Bearer ada:admin:17`: whom a credential names. The last part is of no consequence, as a token's time is. */
export function identityIn(credential: string | null | undefined): { id: string; role: string } | null {
  const [id, role] = (credential ?? '').replace(/^Bearer /, '').split(':')
  return id && role ? { id, role } : null
}

export function aboveTheCache(
  source: Source,
  kind: UserKind,
  readsBody: boolean,
): MiddlewareHandler<WorldEnv>[] {
  return [
    async function identity(c, next) {
      const credential = source === 'cookie' ? getCookie(c, 'session') : c.req.header('authorization')
      const found = identityIn(credential)
      if (found)
        c.set(
          'user',
          kind === 'class' || (kind === 'mixed' && found.id === 'bob')
            ? new User(found.id, found.role)
            : found,
        )
      // Middleware above may say in the response who asks: that is never part of what is stored.
      c.header('x-above', found?.id ?? 'nobody')
      await next()
      c.header('x-after', found?.role ?? 'none')
    },
    async function variables(c, next) {
      set(c, 'tenant', c.req.header('x-tenant'))
      set(c, 'theme', getCookie(c, 'theme'))
      c.set('locale', c.req.header('accept-language') ?? 'en')
      c.set('flags', {
        dark: getCookie(c, 'theme') === 'dark',
        list: [c.req.query('page') ?? null, { mode: c.req.header('x-mode') ?? null }],
      })
      c.set('session', new Map([['id', getCookie(c, 'session')]]))
      c.set('db', new Database())
      if (readsBody && c.req.method === 'POST') await c.req.text()
      await next()
    },
    validator('header', pick(HEADERS)) as MiddlewareHandler<WorldEnv>,
    validator('cookie', (all) => all) as MiddlewareHandler<WorldEnv>,
    validator('query', (all) => all) as MiddlewareHandler<WorldEnv>,
  ]
}

const set = (c: Context<WorldEnv>, name: 'tenant' | 'theme', value: string | undefined): void => {
  if (value !== undefined) c.set(name, value)
}

/** As a schema does: what is absent has no member. */
const pick =
  (names: readonly string[]) =>
  (all: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))

export function randomCall(random: Seeded, methods: readonly Call['method'][]): Call {
  const headers: Record<string, string> = {}
  const some = (name: string, chance: number, values: readonly string[]) => {
    if (random.chance(chance)) headers[name] = random.pick(values)
  }
  some('accept-language', 0.6, ['de', 'fr'])
  some('x-tenant', 0.5, ['acme', 'umbrella'])
  some('x-mode', 0.3, ['fast'])
  some('user-agent', 0.3, ['curl'])
  some(
    'authorization',
    0.5,
    credentials(random).map((credential) => `Bearer ${credential}`),
  )
  some('x-noise', 0.5, [String(random.int(1e6))])
  some('x-request-id', 0.3, [String(random.int(1e6))])
  some('accept-encoding', 0.3, ['gzip', 'br'])
  some('if-none-match', 0.2, ['"another"'])
  const cookies: string[] = []
  if (random.chance(0.4)) cookies.push(`theme=${random.pick(['dark', 'light'])}`)
  if (random.chance(0.5)) cookies.push(`session=${random.pick(credentials(random))}`)
  if (random.chance(0.3)) cookies.push(`ads=${random.int(1e6)}`)
  if (cookies.length > 0) headers.cookie = random.shuffle(cookies).join('; ')

  const query: string[] = []
  if (random.chance(0.3)) query.push(`page=${random.int(2)}`)
  if (random.chance(0.2)) query.push('sort=a', 'sort=b')
  if (random.chance(0.2)) query.push(`utm=${random.int(1e6)}`)
  const search = query.length > 0 ? `?${query.join('&')}` : ''
  const url = `http://world.test/page/${random.int(2)}${search}`
  const method = random.pick(methods)
  if (method !== 'POST') return { method, url, headers }
  return { method, url, headers, body: JSON.stringify({ q: random.int(2) }) }
}

const credentials = (random: Seeded): string[] =>
  ['ada:admin', 'bob:admin', 'bob:guest'].map((who) => `${who}:${random.int(3)}`)

export const requestOf = ({ method, url, headers, body }: Call): Request =>
  new Request(url, { method, headers, ...(body !== undefined && { body }) })
