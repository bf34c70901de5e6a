/** The path by which an app has found its route, where that is not what Hono takes for the path of the URL. */

import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'

/** What the app's own `getPath` has made, of the host for example or of another header. */
export function routedElsewhere({ req }: Context): string | undefined {
  // Nothing else will do: an app that is not `strict` leaves out a slash at the end, and so may one of another mind.
  return req.path === getPath(req.raw) ? undefined : req.path
}
