/** The routes that a request has matched, whichever copy of Hono the app is made of. */

import type { Context } from 'hono'
import { matchedRoutes } from 'hono/route'

/**
 * Hono's helper knows the requests of its own copy alone. An app has another one where it requires Hono, which is then
 * CommonJS, or where the package manager has installed two: those requests know their routes themselves.
 */
export const matched = (c: Context): ReturnType<typeof matchedRoutes> =>
  c.req.matchedRoutes ?? matchedRoutes(c)
