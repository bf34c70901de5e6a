/**
 * Runs the rest of a route once more: to refresh an entry behind the answer, or to ask for the whole where the rest of
 * a part did not fit.
 *
 * The request's own `next()` runs once, and its Context has its response. So a small app is made, with a router that
 * knows one match: the routes that the request has matched, at the same indexes. Those above ours only pass on, in place
 * of ours is whoever wants the answer, those below are themselves. What middleware above has left for them on the Context
 * is taken over, and nothing is written to it. Not taken over, since no API shows it: the app's `notFound` (reaching
 * it is an error), its `onError` (an error stays one), the async context (`getContext()` gives the first Context).
 */

import type { Context, Next } from 'hono'
import { HonoBase } from 'hono/hono-base'
import { HTTPException } from 'hono/http-exception'
import { oursIn } from '../request/innermost.ts'
import { matched } from '../request/matched.ts'

export interface ReplayOptions {
  /** What the handler is asked: a GET for a HEAD, with a body of its own, and nothing of the client's connection. */
  readonly request: Request
  /** The fields that middleware above had set. */
  readonly above: Headers
  /** Whether it had begun a response with them (`hasBegun`). */
  readonly begun: boolean
  /**
   * Runs in place of our middleware. Where a handler throws, `next()` rejects; where a sub-app or a middleware below
   * has made an answer of that, `c.error` tells. It takes what it wants of `c.res` before it returns: the rest of the
   * body is cancelled then.
   */
  run(c: Context, next: Next): Promise<void>
}

const VALIDATED = ['json', 'form', 'query', 'param', 'header', 'cookie'] as const

/**
 * Whether the rest of the route can be run again.
 *
 * Not inside `every()`, `some()`, `except()` or another wrapper: what else is in there cannot be seen. And not below a
 * renderer, or what middleware has put in the place of a method: these belong to the Context that they were set on.
 *
 * @param routeIndex `c.req.routeIndex`, taken before `next()`
 * @param ours the very middleware that asks
 */
export function canReplay(c: Context, routeIndex: number, ours: object): boolean {
  const route = matched(c)[routeIndex]
  return route !== undefined && oursIn(route.handler) === ours && !hasReplaced(c) && !hasRenderer(c)
}

/**
 * Runs the rest of the route. Everything that is taken over is taken before this returns its promise, which rejects
 * with what the handlers or `run` throw.
 */
export async function replay(
  c: Context,
  routeIndex: number,
  { request, above, begun, run }: ReplayOptions,
): Promise<void> {
  const { path } = c.req
  const variables: Record<PropertyKey, unknown> = { ...c.var }
  const validated = VALIDATED.map((target) => [target, c.req.valid(target as never) as object] as const)
  const { status } = c.newResponse(null)

  const inOurPlace = (inner: Context, next: Next): Promise<void> => {
    for (const name of Reflect.ownKeys(variables)) inner.set(name as string, variables[name])
    for (const [target, data] of validated) inner.req.addValidatedData(target, data)
    for (const [name, value] of above) inner.header(name, value, { append: true })
    // Only where one was set: without, and with no headers either, `c.text()` leaves its type to the runtime.
    if (status !== 200) inner.status(status as Parameters<Context['status']>[0])
    if (begun) void inner.res
    return run(inner, next)
  }
  const matches = matched(c).map((route, index) => {
    const handler = index < routeIndex ? passOn : index === routeIndex ? inOurPlace : route.handler
    return [[handler, route], paramsAt(c, index)] as [[typeof handler, typeof route], Record<string, string>]
  })

  const app = new HonoBase({
    // The path as the app saw it, whatever `getPath` and `strict` it has.
    getPath: () => path,
    router: { name: 'Replay', add() {}, match: () => [matches] },
  })
  app.onError((error) => {
    throw error
  })
  app.notFound((inner) => {
    const error = new HTTPException(404, { message: "a refresh cannot reach the app's notFound handler" })
    // Past the last handler Hono does not note it, and a middleware that catches would make an answer of it.
    inner.error = error
    throw error
  })
  const { body } = await app.fetch(request, c.env, executionContext(c))
  // Nobody waits for it: where the body was copied, that waits for the copy. Where `run` has read it, it rejects.
  body?.cancel().catch(() => {})
}

/** Gives not what `next()` gives: that is the Context, which Hono takes for the response of a handler that makes none. */
export const passOn = async (_: Context, next: Next): Promise<void> => void (await next())

function executionContext(c: Context): Context['executionCtx'] | undefined {
  try {
    return c.executionCtx
  } catch {
    return undefined
  }
}

/** The parameters of a route, in the form in which a router gives them: Hono decodes them when they are read. */
function paramsAt({ req }: Context, index: number): Record<string, string> {
  const { routeIndex, path } = req
  req.routeIndex = index
  try {
    const read: Record<string, string> = req.param()
    return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, encode(value, path)]))
  } finally {
    req.routeIndex = routeIndex
  }
}

/** As it stands in the path, of which `mount()` below a parameter counts the characters. */
function encode(value: string, path: string): string {
  const encoded = value.replace(/[%?#]/g, encodeURIComponent)
  return path.includes(encoded) ? encoded : encoded.replaceAll('/', '%2F')
}

/**
 * Whether middleware above has begun a response by asking for `c.res`, as `cors()` does: Hono then adds the fields of the
 * Context to any Response that the route gives, and else only to those that it makes. No API tells. So what was begun
 * is taken away: a field that was set before is still there where it was set for a response to come.
 */
export function hasBegun(c: Context, above: Headers): boolean {
  c.header(PROBE, '')
  c.res = undefined
  c.finalized = false
  if (c.newResponse(null).headers.has(PROBE)) {
    c.header(PROBE, undefined)
    return false
  }
  c.res = new Response(null, { headers: new Headers(above) })
  c.finalized = false
  return true
}

const PROBE = 'hono-redis-cache-probe'

/** Each Context has methods of its own, of the same text. */
function hasReplaced(c: Context): boolean {
  const fresh = new (c.constructor as new () => Context)()
  return Object.entries(fresh).some(
    ([name, method]) => typeof method === 'function' && String(method) !== String(c[name as keyof Context]),
  )
}

/**
 * Whether `c.render()` does anything but its default, which is `c.html()` of the content. Hono tells only of a layout;
 * so it is called, with all else of the Context shut: a renderer that somebody has set throws before it does harm.
 */
function hasRenderer(c: Context): boolean {
  if (c.getLayout()) return true
  const content = Object.create(null) as never
  const rendered = {}
  const html = (...args: unknown[]) => (args.length === 1 && args[0] === content ? rendered : shut())
  const names = [c, Object.getPrototypeOf(c) as object].flatMap(Object.getOwnPropertyNames)
  const doors = names
    .filter((name) => name !== 'render')
    .map((name) => [name, Object.getOwnPropertyDescriptor(c, name)] as const)
  try {
    for (const [name] of doors) {
      Object.defineProperty(c, name, { configurable: true, get: name === 'html' ? () => html : shut })
    }
    const result: unknown = c.render(content)
    if (result instanceof Promise) result.catch(() => {})
    return result !== rendered
  } catch {
    return true
  } finally {
    for (const [name, own] of doors) {
      if (own) Object.defineProperty(c, name, own)
      else Reflect.deleteProperty(c, name)
    }
  }
}

function shut(): never {
  throw new Error('nothing is rendered: is there a renderer?')
}
