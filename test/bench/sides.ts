/**
 * The apps that are compared: ours, and what people write by hand with `@upstash/redis`, once with settings for a
 * cache and once with the client's defaults. All of them answer the same JSON from Redis.
 */

import { Redis } from '@upstash/redis/cloudflare'
import { Hono } from 'hono'
import { cache, redisCache } from 'hono-redis-cache'
import { leanClient } from './lean-client.ts'

export interface Endpoint {
  readonly url: string
  readonly token: string
}

export interface Side {
  /** One request, its body read to the end. */
  hit(): Promise<string>
}

const PAGE = 'http://localhost/products/42?page=2'

/** A list of products as JSON, of about so many bytes: quotes and all, since the transport escapes them again. */
export function productsOf(bytes: number): string {
  const products = []
  for (let id = 1, size = 2; size < bytes; id++) {
    const product = {
      id,
      name: `Kettle "No. ${id}", 1.7 l`,
      price: 1990 + id,
      currency: 'EUR',
      stock: { warehouse: 'north', count: id % 97 },
      tags: ['kitchen', 'new'],
    }
    size += JSON.stringify(product).length + 1
    products.push(product)
  }
  return JSON.stringify(products)
}

/** Ours, with the entry stored when this resolves. */
export async function openOurs({ url, token }: Endpoint, body: string): Promise<Side> {
  const pending: Promise<unknown>[] = []
  const app = new Hono()
  app.use(
    redisCache({ url, token, prefix: `ours-${body.length}`, waitUntil: (work) => void pending.push(work) }),
  )
  app.get('/products/:id', cache({ expire: 3600 }), (c) =>
    c.body(body, 200, { 'content-type': 'application/json' }),
  )
  const side = sideOf(app)
  await side.hit()
  await Promise.all(pending)
  return side
}

/** By hand with settings for a cache: one GET, handed on as it is. */
export async function openLean(endpoint: Endpoint, body: string): Promise<Side> {
  const redis = leanClient(endpoint)
  const app = new Hono()
  app.get('/products/:id', async (c) => {
    const found = await redis.exec<string>(['GET', keyOf(c.req.url, body)])
    return new Response(found, { headers: { 'content-type': 'application/json' } })
  })
  await redis.exec(['SET', keyOf(PAGE, body), body])
  return sideOf(app)
}

/** By hand with the client's defaults, as its documentation shows: `get`, and `c.json` of what it gives. */
export async function openDefaults({ url, token }: Endpoint, body: string): Promise<Side> {
  const redis = new Redis({ url, token })
  const app = new Hono()
  app.get('/products/:id', async (c) => c.json(await redis.get<object>(keyOf(c.req.url, body))))
  await redis.set(keyOf(PAGE, body), body)
  return sideOf(app)
}

const keyOf = (url: string, body: string): string => `hand-${body.length}:${url}`

function sideOf(app: Hono): Side {
  return {
    async hit() {
      const response = await app.fetch(new Request(PAGE))
      return response.text()
    },
  }
}

/** All sides must give the same bytes, or they are not comparable. */
export async function checkSides(sides: readonly Side[], body: string): Promise<void> {
  for (const { hit } of sides) if ((await hit()) !== body) throw new Error('a side answers something else')
}
