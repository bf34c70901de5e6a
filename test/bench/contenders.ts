/**
 * What a user would pick instead, each as its documentation shows it: an app whose page is kept in Redis for an hour,
 * over the same bridge, and can be cleared. Where a package lets one choose, it is given the client with settings for a
 * cache, so that what differs is the package.
 */

import { Redis } from '@upstash/redis/cloudflare'
import { BentoCache, bentostore } from 'bentocache'
import { memoryDriver } from 'bentocache/drivers/memory'
import { type Handler, Hono } from 'hono'
import { cache, type OpenCacheOptions, openCache, redisCache } from 'hono-redis-cache'
import { defineCachedHandler, type StorageInterface } from 'ocache'
import { createStorage } from 'unstorage'
import upstashDriver from 'unstorage/drivers/upstash'
import { upstashL2 } from './bento-upstash.ts'
import { clearGroup, leanClient } from './lean-client.ts'
import type { Endpoint } from './sides.ts'

export interface Contender {
  readonly app: Hono
  /** Clears one page. */
  clearPage(page: string): Promise<unknown>
  /** Clears all pages there are. */
  clearAll(): Promise<unknown>
  /** Resolves when what went on behind the responses is done. */
  settle(): Promise<unknown>
}

type Open = (endpoint: Endpoint, body: string) => Contender

const SECONDS = 3600
const ROUTE = '/products/:id'
const JSON_TYPE = { 'content-type': 'application/json' }
const pathOf = (page: string): string => new URL(page).pathname

/** This package, with options of its own. */
export function openOurs(endpoint: Endpoint, body: string, options: OpenCacheOptions = {}): Contender {
  const pending: Promise<unknown>[] = []
  const { url, token } = endpoint
  const where = { url, token, prefix: `ours-${body.length}`, ...options }
  const app = new Hono()
  app.use(redisCache({ ...where, waitUntil: (work) => void pending.push(work) }))
  app.get(ROUTE, cache({ expire: SECONDS, namespace: 'catalog' }), (c) => c.body(body, 200, JSON_TYPE))
  // The options are the same, and so is the connection.
  const { clear } = openCache(where)
  return {
    app,
    clearPage: (page) => clear({ path: pathOf(page) }),
    clearAll: () => clear({ namespace: 'catalog' }),
    settle: () => Promise.all(pending.splice(0)),
  }
}

/** GET, else the handler and SET, with settings for a cache. */
function openLean(endpoint: Endpoint, body: string): Contender {
  const redis = leanClient(endpoint)
  const prefix = `lean-${body.length}:`
  const pending: Promise<unknown>[] = []
  const app = new Hono()
  app.get(ROUTE, async (c) => {
    const key = prefix + c.req.url
    const found = await redis.exec<string | null>(['GET', key])
    if (found === null) pending.push(redis.exec(['SET', key, body, 'EX', SECONDS]))
    return c.body(found ?? body, 200, JSON_TYPE)
  })
  return {
    app,
    clearPage: (page) => redis.exec(['DEL', prefix + page]),
    clearAll: () => clearGroup(redis, prefix),
    settle: () => Promise.all(pending.splice(0)),
  }
}

/** The same with the client's defaults. */
function openDefaults(endpoint: Endpoint, body: string): Contender {
  const redis = new Redis({ url: endpoint.url, token: endpoint.token })
  const prefix = `defaults-${body.length}:`
  const pending: Promise<unknown>[] = []
  const app = new Hono()
  app.get(ROUTE, async (c) => {
    const key = prefix + c.req.url
    const found = await redis.get<object>(key)
    if (found !== null) return c.json(found)
    pending.push(redis.set(key, body, { ex: SECONDS }))
    return c.body(body, 200, JSON_TYPE)
  })
  return {
    app,
    clearPage: (page) => redis.del(prefix + page),
    clearAll: () => clearGroup(redis, prefix),
    settle: () => Promise.all(pending.splice(0)),
  }
}

/** ocache with a storage of a few lines over the lean client, as its documentation has one for each backend. */
function openOcache(endpoint: Endpoint, body: string): Contender {
  const redis = leanClient(endpoint)
  const storage: StorageInterface = {
    async get<T>(key: string) {
      const found = await redis.exec<string | null>(['GET', key])
      return found === null ? null : (JSON.parse(found) as T)
    },
    async set(key, value, { ttl } = {}) {
      if (value === null || value === undefined) await redis.exec(['DEL', key])
      else await redis.exec(['SET', key, JSON.stringify(value), ...(ttl ? ['EX', Math.ceil(ttl)] : [])])
    },
  }
  const base = `ocache-${body.length}`
  return ocacheOver(storage, base, body, () => clearGroup(redis, `${base}:`))
}

/** ocache over unstorage and its Upstash driver, which brings the client's defaults. */
function openUnstorage(endpoint: Endpoint, body: string): Contender {
  const { url, token } = endpoint
  const base = `unstorage-${body.length}`
  // Its `clear(base)` passes over a driver that is mounted above that base, so the driver has the base.
  const storage = createStorage({ driver: upstashDriver({ url, token, base }) })
  const adapted: StorageInterface = {
    get: <T>(key: string) => storage.getItem(key) as Promise<T | null>,
    async set(key, value, options) {
      if (value === null || value === undefined) await storage.removeItem(key)
      else await storage.setItem(key, value as object, options)
    },
  }
  return ocacheOver(adapted, '', body, () => storage.clear())
}

function ocacheOver(
  storage: StorageInterface,
  base: string,
  body: string,
  clearAll: () => Promise<unknown>,
): Contender {
  const pending: Promise<unknown>[] = []
  const waitUntil = (work: Promise<unknown>) => void pending.push(work)
  const options = { storage, base, maxAge: SECONDS, allowQuery: true, waitUntil }
  const handler = defineCachedHandler(() => new Response(body, { headers: JSON_TYPE }), options)
  const app = new Hono()
  app.get(ROUTE, async (c) => (await handler({ req: c.req.raw })) as Response)
  return {
    app,
    clearPage: (page) => handler.invalidate({ req: new Request(page) }),
    clearAll,
    settle: () => Promise.all(pending.splice(0)),
  }
}

/** bentocache, which speaks to Redis over a socket alone, with a driver of ours for the REST client. */
const openBento =
  (near: boolean): Open =>
  (endpoint, body) => {
    const redis = leanClient(endpoint)
    const prefix = `bento-${near}-${body.length}`
    const l2 = bentostore().useL2Layer(upstashL2(redis))
    const store = near ? l2.useL1Layer(memoryDriver({ maxSize: '16mb' })) : l2
    const bento = new BentoCache({ default: 'all', prefix, stores: { all: store } })
    const app = new Hono()
    app.get(ROUTE, async (c) => {
      const key = c.req.url.replaceAll(':', '_')
      const found = await bento.getOrSet({ key, ttl: SECONDS * 1000, factory: () => body })
      return c.body(found, 200, JSON_TYPE)
    })
    return {
      app,
      clearPage: (page) => bento.delete({ key: page.replaceAll(':', '_') }),
      clearAll: () => bento.clear(),
      settle: async () => {},
    }
  }

export const OURS = 'hono-redis-cache'
export const LEAN = 'by hand, lean client'
export const DEFAULTS = 'by hand, client defaults'

/** Every hit of these asks Redis. */
export const CONTENDERS: Readonly<Record<string, Open>> = {
  [OURS]: openOurs,
  [LEAN]: openLean,
  [DEFAULTS]: openDefaults,
  'ocache, lean client': openOcache,
  'ocache, unstorage upstash': openUnstorage,
  'bentocache, lean client': openBento(false),
}

/** No cache at all. */
const openBare =
  (prepare: (body: string) => Handler): Open =>
  (_, body) => ({
    app: new Hono().get(ROUTE, prepare(body)),
    clearPage: async () => {},
    clearAll: async () => {},
    settle: async () => {},
  })

export const NEAR = 'hono-redis-cache, near'
/** What runs without a cache: as the README has it, and one that has its page as a text already. */
export const BARE = ['bare handler, c.json(products)', 'bare handler, a constant text']

/** Hits of these come from memory, in front of Redis. */
export const NEAR_CONTENDERS: Readonly<Record<string, Open>> = {
  [BARE[0]!]: openBare((body) => {
    const products = JSON.parse(body)
    return (c) => c.json(products)
  }),
  [BARE[1]!]: openBare((body) => (c) => c.body(body, 200, JSON_TYPE)),
  [NEAR]: (endpoint, body) =>
    openOurs(endpoint, body, { prefix: `near-${body.length}`, near: { seconds: 3600 } }),
  'bentocache, memory before Redis': openBento(true),
}
