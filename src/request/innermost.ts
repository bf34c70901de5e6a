/**
 * Which `cache()` acts: the innermost. Where a later matched route is one of ours, the outer one steps aside. One
 * that is hidden in `every`, `some` or `except` cannot be seen here; it claims the request when it runs.
 */

import type { Context } from 'hono'
import { findTargetHandler } from 'hono/utils/handler'
import { matched } from './matched.ts'

/** On a middleware that `cache()` has made: that very one, also where a Proxy stands around it, as Sentry puts one. */
const OURS = Symbol('hono-redis-cache.ours')

export const markAsOurs = (middleware: object): void => {
  Object.defineProperty(middleware, OURS, { value: middleware })
}

/** The middleware of ours that a handler is. */
export const oursIn = (handler: ReturnType<typeof matched>[number]['handler']): object | undefined =>
  (findTargetHandler(handler) as { [OURS]?: object })[OURS]

/**
 * The route that will answer, by its path (empty outside an app, as in Cloudflare Pages' middleware) and its place
 * among those that match (our own where that cannot be told), and whether a `cache()` further in stands before it. With
 * `/p/search` registered before `/p/:id`, a request for the former matches both, and a `cache()` of the latter never
 * runs. As in Hono's own helpers, what takes `next` is a middleware, and what does not is a handler, at which the chain
 * ends.
 */
export function answeringRoute(c: Context): { path: string; at: number; hasOwnCache: boolean } {
  const routes = matched(c)
  for (let at = c.req.routeIndex + 1; at < routes.length; at++) {
    const { path, handler } = routes[at]!
    if (oursIn(handler)) return { path, at, hasOwnCache: true }
    if (findTargetHandler(handler).length < 2) return { path, at, hasOwnCache: false }
  }
  return { path: routes.at(-1)?.path ?? '', at: c.req.routeIndex, hasOwnCache: false }
}
