/**
 * The request as the handler sees it.
 *
 * Without the client's own conditions and ranges, so that it gives a full answer that can be stored and the 304 is ours
 * to give; with the validators of what we ask about; and with no cookies but those in the key, where the key has some.
 */

import { CONDITIONAL_FIELDS } from '../http/conditional.ts'
import { cookieValues } from '../http/cookies.ts'
import type { Field } from '../http/fields.ts'
import { isGetOrHead } from '../http/methods.ts'
import type { Route } from '../options/route.ts'
import { copyOf } from './copying.ts'

/**
 * @param keep conditions and ranges that it sees all the same
 * @param add our own
 */
export function requestForHandler(
  request: Request,
  route: Route,
  { keep = [], add = [] }: { keep?: readonly string[]; add?: readonly Field[] } = {},
): Request {
  // What is asked of any other method is the handler's, unless we ask: two conditions would have one answer.
  const isOurs = add.some(([name]) => CONDITIONAL_FIELDS.includes(name))
  const dropped =
    isGetOrHead(request.method) || isOurs
      ? CONDITIONAL_FIELDS.filter((name) => request.headers.has(name) && !keep.includes(name))
      : []
  const cookie = route.cookies.length > 0 ? request.headers.get('cookie') : null
  if (dropped.length === 0 && add.length === 0 && cookie === null) return request
  // Changed in the copy and not handed to its constructor: Bun takes headers without any for none, and keeps all.
  // What its host adds may show all cookies: only where that is seen, and the response then not stored.
  const copy = copyOf(request, {}, cookie === null || route.autoVary)
  for (const name of dropped) copy.headers.delete(name)
  for (const [name, value] of add) copy.headers.set(name, value)
  if (cookie !== null) {
    const pairs = route.cookies.flatMap((name) =>
      cookieValues(cookie, name).map((value) => `${name}=${value}`),
    )
    if (pairs.length > 0) copy.headers.set('cookie', pairs.join('; '))
    else copy.headers.delete('cookie')
  }
  return copy
}
