/**
 * Which `cache()` acts: the innermost. Where a later matched route is one of ours, the outer one steps aside. One
 * that is hidden in `every`, `some` or `except` cannot be seen here; it claims the request when it runs.
 */

import type { Context } from 'hono'
import { findTargetHandler } from 'hono/utils/handler'
import { matched } from './matched.ts'

/** The middlewares that `cache()` has made. */
const ours = new WeakSet<object>()

export const markAsOurs = (middleware: object): void => {
  ours.add(middleware)
}

/**
 * The path of the route that will answer, and whether a `cache()` further in stands before it. With `/p/search`
 * registered before `/p/:id`, a request for the former matches both, and a `cache()` of the latter never runs. As in
 * Hono's own helpers, what takes `next` is a middleware, and what does not is a handler, at which the chain ends.
 */
export function answeringRoute(c: Context): { path: string; hasOwnCache: boolean } {
  const routes = matched(c)
  for (let at = c.req.routeIndex + 1; at < routes.length; at++) {
    const { path, handler } = routes[at]!
    const target = findTargetHandler(handler)
    if (ours.has(target)) return { path, hasOwnCache: true }
    if (target.length < 2) return { path, hasOwnCache: false }
  }
  return { path: routes.at(-1)!.path, hasOwnCache: false }
}
