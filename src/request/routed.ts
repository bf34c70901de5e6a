/** The path by which an app has found its route, where that is not what Hono takes for the path of the URL. */

import type { Context } from 'hono'
import { getPath } from 'hono/utils/url'
import type { UrlParts } from '../key/canonical.ts'

/**
 * What the app's own `getPath` has made, of the host for example or of another header; and what Hono has made of a URL
 * that is not normal. Deno hands it on as it came: `/a/%2e%2e/b` reaches the routes below `/a/`, and is no `/b`.
 */
export function routedElsewhere({ req }: Context, { origin, path }: UrlParts): string | undefined {
  // Nothing else will do: an app that is not `strict` leaves out a slash at the end, and so may one of another mind.
  return req.path === getPath({ url: origin + path } as Request) ? undefined : req.path
}
