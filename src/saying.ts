/**
 * Fields that are added to a response which somebody else has made.
 */

import type { Context } from 'hono'
import { type CacheStatus, formatCacheStatus } from './http/cache-status.ts'
import type { RequestState } from './state.ts'

/** Says in the response what the cache did. Caches nearer to the origin stay before it. */
export const say = (c: Context, status: CacheStatus): void =>
  setField(c, 'cache-status', formatCacheStatus(status), 'append')

/** Says how long it took (Server-Timing), where the app wants it said. */
export function sayTiming(c: Context, { options, timing: { lookUp, handler } }: RequestState): void {
  if (!options.serverTiming) return
  if (lookUp !== undefined) setField(c, 'server-timing', `cache;dur=${lookUp}`, 'append')
  if (handler !== undefined) setField(c, 'server-timing', `handler;dur=${handler}`, 'append')
}

export function setField(c: Context, name: string, value: string, how: 'append' | 'set' = 'set'): void {
  const { res } = c
  try {
    // Not `c.header()`, which makes a new Response around the body: Bun then no longer knows that it was text. Asking
    // for anything else first makes Node's adapter copy headers that may be the app's own.
    void res.bodyUsed
    res.headers[how](name, value)
  } catch {
    // Those of a fetched response cannot be changed.
    c.header(name, value, { append: how === 'append' })
  }
}

export function removeField(c: Context, name: string): void {
  try {
    c.res.headers.delete(name)
  } catch {
    c.header(name, undefined)
  }
}

/** Assigning `c.res` merges the headers of a response that is there already into the new one. */
export function replaceResponse(c: Context, response: Response): void {
  if (c.finalized) c.res = undefined
  c.res = response
}
