/**
 * Fields that are added to a response which somebody else has made.
 */

import type { Context } from 'hono'
import { BODILESS } from '../body.ts'
import { type CacheStatus, formatCacheStatus } from '../http/cache-status.ts'
import { copyOfFetched } from './fetched.ts'

/** Says in the response what the cache did. Caches nearer to the origin stay before it. */
export function say(c: Context, status: CacheStatus): void {
  asItWas(c, 'cache-status')
  setField(c, 'cache-status', formatCacheStatus(status), 'append')
}

/**
 * Where it is an error to ask the response of Node's adapter for anything but its status, puts another in its place. The
 * adapter takes a text for a status that has no body, `new Response('', { status: 204 })`, which others refuse; and it
 * has sent the stream with which middleware above has answered meanwhile, as `timeout()` does.
 */
export function replaceUnaskable(c: Context): void {
  const { res } = c
  const { status } = res
  if (BODILESS.includes(status)) {
    replaceResponse(c, new Response(null, { status, headers: new Headers(res.headers) }))
    return
  }
  try {
    void res.bodyUsed
  } catch {
    // Read already, so that nobody stores it.
    const sent = new Response('', { status })
    void sent.text()
    replaceResponse(c, sent)
  }
}

/** Says how many milliseconds it took (Server-Timing), as far as they are known. */
export function sayTiming(c: Context, { lookUp, handler }: { lookUp?: number; handler?: number }): void {
  asItWas(c, 'server-timing')
  if (lookUp !== undefined) setField(c, 'server-timing', `cache;dur=${lookUp}`, 'append')
  if (handler !== undefined) setField(c, 'server-timing', `handler;dur=${handler}`, 'append')
}

/** By the name of a field: who has said something there last, and what it was before anybody had. */
type Said = Map<string, { readonly c: Context; readonly before: string | null }>

/** On the response itself: a WeakMap with one entry for each miss keeps all of its request until a full collection. */
const SAID = Symbol('hono-redis-cache.said')
const ofFrozen = new WeakMap<Response, Said>()

/**
 * Takes back what was said in a field of this same response for another request: an app may have one without a body for
 * all, whose field would grow for ever.
 */
function asItWas(c: Context, name: string): void {
  replaceUnaskable(c)
  const res: Response & { [SAID]?: Said } = c.res
  void res.bodyUsed
  const fields: Said = res[SAID] ?? ofFrozen.get(res) ?? new Map()
  const last = fields.get(name)
  const before = last ? last.before : res.headers.get(name)
  fields.set(name, { c, before })
  if (!Reflect.set(res, SAID, fields)) ofFrozen.set(res, fields)
  if (!last || last.c === c || res.body !== null) return
  setField(c, name, before)
}

/** @param value `null` takes the field away */
export function setField(
  c: Context,
  name: string,
  value: string | null,
  how: 'append' | 'set' = 'set',
): void {
  const { res } = c
  const change = ({ headers }: Response) => {
    if (value === null) headers.delete(name)
    else headers[how](name, value)
  }
  try {
    // Not `c.header()`, which makes a new Response around the body: Bun then no longer knows that it was text. Asking
    // for anything else first makes Node's adapter copy headers that may be the app's own.
    void res.bodyUsed
    change(res)
  } catch {
    // Of an error (`Response.error()`) there is no copy, but for the one of Node's adapter, which is a 200.
    if (res.status === 0) return
    const copy = copyOfFetched(res)
    change(copy)
    replaceResponse(c, copy)
  }
}

/**
 * Assigning `c.res` sets the headers of a response that is there already over those of the new one, which has them: also
 * of the one that middleware above has begun by asking for `c.res`.
 */
export function replaceResponse(c: Context, response: Response): void {
  c.res = undefined
  c.res = response
}
