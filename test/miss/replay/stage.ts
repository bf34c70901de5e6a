/**
 * The rest of a route, run again for a request that has its answer: it must say what it would have said to that
 * request. So each app here is asked twice: once straight through, once answered early and run again afterwards.
 */
import type { Context, ExecutionContext, Hono, MiddlewareHandler } from 'hono'
import { basePath, baseRoutePath, matchedRoutes, routePath } from 'hono/route'
import { expect } from 'vitest'
import { canReplay, hasBegun, replay } from '../../../src/miss/replay.ts'
import { markAsOurs } from '../../../src/request/innermost.ts'

interface Variables {
  [name: string]: unknown
}
export type App = Hono<{ Variables: Variables }>

/** What came of running the rest of a route. */
export interface Told {
  status: number
  headers: Record<string, string>
  body: string
}

/** A request that was answered early, and what is needed to run the rest of its route. */
export interface Answered {
  readonly c: Context
  readonly routeIndex: number
  readonly above: Headers
  readonly begun: boolean
  readonly body: ArrayBuffer
  /** As `cache()` would ask before it answers. */
  readonly possible: boolean
}

/** The middleware in whose place the rest is run again, in as many places of an app as a test likes. */
class Stage {
  straight = false
  readonly answered: Answered[] = []

  readonly here = (): MiddlewareHandler => {
    const here: MiddlewareHandler = async (c, next) => {
      if (this.straight) return next()
      const { routeIndex } = c.req
      // Through Hono, which keeps what a validator above has read.
      const body = await c.req.arrayBuffer()
      const possible = canReplay(c, routeIndex, here)
      const above = new Headers(c.newResponse(null).headers)
      const begun = hasBegun(c, above)
      this.answered.push({ c, routeIndex, above, begun, body, possible })
      c.res = c.newResponse('early')
    }
    markAsOurs(here)
    return here
  }
}

export const requestOf = ({ c, body }: Answered): Request =>
  new Request(c.req.raw.url, {
    method: c.req.method === 'HEAD' ? 'GET' : c.req.method,
    headers: c.req.raw.headers,
    ...(body.byteLength > 0 && { body }),
  })

export async function tell(response: Response): Promise<Told> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  }
}

/** Runs the rest of a route, and gives what it says and the Context that it ran with. */
export async function again(
  answered: Answered,
  request = requestOf(answered),
): Promise<{ told: Told; c: Context }> {
  const seen: { told: Promise<Told>; c: Context }[] = []
  await replay(answered.c, answered.routeIndex, {
    ...answered,
    request,
    async run(c, next) {
      await next()
      seen.push({ told: tell(c.res.clone()), c })
    },
  })
  expect(seen).toHaveLength(1)
  return { told: await seen[0]!.told, c: seen[0]!.c }
}

export type Asked = Pick<Hono, 'request'>

/** An app, and the ways to ask it. */
export function staged(build: (here: () => MiddlewareHandler) => Asked) {
  const stage = new Stage()
  const app = build(stage.here) /** Answers a request early. */
  const early = async (path: string, init?: RequestInit, env?: object, context?: ExecutionContext) => {
    stage.straight = false
    const response = await app.request(path, init, env, context)
    const answered = stage.answered.pop()
    if (!answered) throw new Error(`our middleware was not reached: ${response.status}`)
    return answered
  }
  return {
    early,
    /** What the app says, after it was seen to say the same when the rest of the route is run again. */
    async both(path: string, init?: RequestInit): Promise<string> {
      stage.straight = true
      const straight = await tell(await app.request(path, init))
      const answered = await early(path, init)
      expect(answered.possible).toBe(true)
      const { told } = await again(answered)
      if (init?.method === 'HEAD') expect(straight).toEqual({ ...told, body: '' })
      else expect(told).toEqual(straight)
      return told.body
    },
  }
}

/** Everything that a handler can ask about its route. */
export const whereabouts = (c: Context) =>
  c.json({
    param: c.req.param(),
    each: Object.keys(c.req.param()).map((name) => c.req.param(name)),
    path: c.req.path,
    route: routePath(c),
    base: [baseRoutePath(c), basePath(c)],
    index: c.req.routeIndex,
    above: c.res.headers.get('x-seen'),
    matched: matchedRoutes(c).map(({ method, path, basePath }) => [method, path, basePath]),
  })

export const always: MiddlewareHandler = (_, next) => next()

/** A middleware below ours that says what it sees. */
export const noting: MiddlewareHandler = async (c, next) => {
  c.header('x-seen', encodeURI(JSON.stringify(c.req.param())))
  await next()
}
