/** The path by which an app has found its route, where that is not the path of the URL. */

import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'

/** What the app's own `getPath` has made, of the host for example or of another header. */
export function routedElsewhere({ req }: Context): string | undefined {
  const path = getPath(req.raw)
  // Without `strict` a slash at the end is left out.
  return req.path === path || `${req.path}/` === path ? undefined : req.path
}
