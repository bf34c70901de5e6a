/**
 * A random route as a Hono app, with the cache or without it. The handler answers with everything that it has read, in
 * order, so that an answer for somebody else shows.
 */
import { Hono, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { stream } from 'hono/streaming'
import { type CacheOptions, cache, memoize, type RedisCacheOptions, redisCache } from '../../src/index.ts'
import type { Recipe, Step } from './recipe.ts'
import {
  BODY_WAYS,
  COOKIE_WAYS,
  type Ctx,
  HEADER_WAYS,
  NAMES_WAYS,
  PATH_WAYS,
  QUERY_WAYS,
  TOUCH_WAYS,
  VARIABLE_WAYS,
  WHOLE_WAYS,
} from './ways.ts'
import { aboveTheCache, Database, identityIn, type WorldEnv } from './world.ts'

const WAYS: Readonly<Record<string, Readonly<Record<string, (c: Ctx, name: string) => unknown>>>> = {
  header: HEADER_WAYS,
  cookie: COOKIE_WAYS,
  names: NAMES_WAYS,
  whole: WHOLE_WAYS,
  query: QUERY_WAYS,
  path: PATH_WAYS,
  body: BODY_WAYS,
  touch: TOUCH_WAYS,
}

type MemoArgs = { values: unknown; db: Database; c: Ctx }
type Memo = (c: Ctx, args: MemoArgs) => Promise<unknown>

/** `options`: of `redisCache()`; without them there is no cache at all. */
export function appOf(recipe: Recipe, options: RedisCacheOptions | null): Hono<WorldEnv> {
  const app = new Hono<WorldEnv>()
  app.onError((error, c) => c.text(`failed: ${error.message}`, 500))
  app.use(...aboveTheCache(recipe.source, recipe.kind, recipe.bodyAbove))
  const memo = memosOf(options !== null)
  const handler = handlerOf(recipe, memo)
  const inner: MiddlewareHandler<WorldEnv> = async (c, next) => {
    const seen = await readAll(c, recipe.inner, recipe, memo)
    c.set('mine', JSON.stringify(seen).length)
    await next()
  }
  if (!options) {
    app.on(['GET', 'POST'], '/page/:id', inner, handler)
    return app
  }
  const own: CacheOptions<WorldEnv> = {
    ...recipe.options,
    methods: ['GET', 'HEAD', 'POST'],
    ...(recipe.built && { keyBuilder: (c) => c.req.path }),
  }
  app.use(redisCache({ ...options, exclude: recipe.exclude }))
  app.on(['GET', 'POST'], '/page/:id', cache<WorldEnv>(own), inner, handler)
  return app
}

function handlerOf(recipe: Recipe, memo: Memos) {
  return async (c: Ctx): Promise<Response> => {
    const { respond, errors, late } = recipe
    const named: string[] = []
    const seen = await readAll(c, recipe.steps, recipe, memo, named)
    if (recipe.inner.length > 0) seen.push(c.get('mine'))
    const text = JSON.stringify(seen)
    const odd = text.length % 3 === 0
    if (odd && errors === 'throws') throw new HTTPException(503, { message: text })
    if (odd && errors === 'cookie') c.header('set-cookie', `seen=${text.length}`, { append: true })
    const status = odd && errors === '404' ? 404 : 200
    c.header('x-seen', String(text.length))
    // A handler that is not observed speaks HTTP itself.
    if (recipe.options.autoVary === false && named.length > 0) c.header('vary', named.join(', '))

    const rest = async () => JSON.stringify(await readAll(c, late, recipe, memo))
    if (respond === 'json') return c.json(seen, status)
    if (respond === 'text') return c.text(text, status)
    if (respond === 'body') return c.body(text, status)
    if (respond === 'response') return c.newResponse(text, status)
    c.status(status)
    if (respond === 'hono stream') {
      return stream(c, async (body) => {
        await body.write(text)
        await body.write(await rest())
      })
    }
    const encoder = new TextEncoder()
    const start = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      controller.enqueue(encoder.encode(text))
      await Promise.resolve()
      controller.enqueue(encoder.encode(await rest()))
      controller.close()
    }
    return c.body(
      new ReadableStream(respond === 'stream' ? { start } : { pull: start }, { highWaterMark: 0 }),
    )
  }
}

/** Reads in order; `named` takes the names of headers read. */
async function readAll(
  c: Ctx,
  steps: readonly Step[],
  recipe: Recipe,
  memos: Memos,
  named: string[] = [],
): Promise<unknown[]> {
  const seen: unknown[] = []
  for (const step of steps) seen.push(plain(await readOne(step)))
  return seen

  async function readOne(step: Step): Promise<unknown> {
    if ('memo' in step) {
      const values = JSON.parse(JSON.stringify(await readAll(c, step.memo, recipe, memos, named)))
      return memos[step.nested ? 'outer' : 'inner'](c, { values, db: new Database(), c })
    }
    if ('when' in step) {
      const [first] = await readAll(c, [step.when], recipe, memos, named)
      const taken = JSON.stringify(first).length % 2 === 0 ? step.even : step.odd
      return [first, ...(await readAll(c, taken, recipe, memos, named))]
    }
    if ('subject' in step) return identityIn(credential(c, recipe, step.subject))?.id
    if ('dependency' in step) return (step.dependency === 'c.get' ? c.get('db') : c.var.db).load('1')
    if ('overwrite' in step) {
      c.set(step.overwrite, 'mine')
      return c.get(step.overwrite)
    }
    if (step.read === 'variable') {
      const [name = '', member] = step.name.split('.')
      const value = await VARIABLE_WAYS[step.way as 'c.get'](c, name)
      if (name === 'session') return (value as unknown as Map<string, unknown> | undefined)?.get('id')
      return member ? (value as unknown as Record<string, unknown> | undefined)?.[member] : value
    }
    if (step.read === 'header') named.push(step.name)
    const value = await WAYS[step.read]![step.way]!(c, step.name)
    return step.read === 'touch' ? 'touched' : value
  }
}

function credential(
  c: Ctx,
  { source }: Recipe,
  way: 'c.req.header' | 'raw.headers.get',
): string | null | undefined {
  const name = source === 'cookie' ? 'cookie' : 'authorization'
  const field = way === 'c.req.header' ? c.req.header(name) : c.req.raw.headers.get(name)
  return source === 'cookie' ? /session=([^;]*)/.exec(field ?? '')?.[1] : field
}

interface Memos {
  readonly inner: Memo
  readonly outer: Memo
}

function memosOf(cached: boolean): Memos {
  const answer = ({ values, db }: MemoArgs) => ({ of: values, row: db.load('1') })
  if (!cached) {
    const plain = async (_: Ctx, args: MemoArgs) => answer(args)
    return { inner: plain, outer: async (c, args) => ({ outer: await plain(c, args) }) }
  }
  const inner = memoize(answer, { name: 'inner', exclude: ['db', 'c'], tags: ['memo'] })
  const outer = memoize(async (args: MemoArgs) => ({ outer: await inner(args.c, args) }), {
    name: 'outer',
    exclude: ['db', 'c'],
  })
  return { inner, outer }
}

const plain = (value: unknown): unknown => (value === undefined ? null : value)
