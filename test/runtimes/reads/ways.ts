/**
 * The ways for a handler to read its request, and what the cache must make of each: one case for every way that Hono
 * and the platform have. Each answers with what it read, so that a wrong answer shows.
 */
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import type { Who } from './site.ts'
import { bodies } from './ways-bodies.ts'
import { composed } from './ways-composed.ts'
import { contexts } from './ways-context.ts'
import { headers } from './ways-headers.ts'
import { middleware } from './ways-middleware.ts'
import { requests } from './ways-requests.ts'

export interface Env {
  Bindings: Record<string, unknown>
  Variables: {
    user: { id: string } | undefined
    plan: string
    db: unknown
    client: unknown
    absent: unknown
    mine: string
  }
}

export type Read = (c: Context<Env>) => Response | Promise<Response>

/** `stored`, or one of these reasons why not. */
export type Outcome = 'stored' | readonly string[]

export interface Way {
  readonly read?: Read
  /** For what takes more than one handler. */
  readonly register?: (app: Hono<Env>, path: string, cached: MiddlewareHandler) => void
  /** For a request with credentials; and for one without, where that makes a difference. */
  readonly outcome: Outcome
  readonly anonymous?: Outcome
  /** Exactly what the key learns, where the response is stored. */
  readonly learned?: readonly string[]
  /** Default: GET. */
  readonly method?: 'POST'
  readonly body?: (who: Who) => string
}

export const ways: Readonly<Record<string, Way>> = {
  ...headers,
  ...requests,
  ...contexts,
  ...bodies,
  ...composed,
  ...middleware,
}

export const pathOf = (name: string): string => `/${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`

/** Every way as a route, behind that middleware. */
export function appOf(cached: (way: Way) => MiddlewareHandler): Hono<Env> {
  const app = new Hono<Env>()
  for (const [name, way] of Object.entries(ways)) {
    if (way.register) way.register(app, pathOf(name), cached(way))
    else app.all(pathOf(name), cached(way), way.read!)
  }
  return app
}
