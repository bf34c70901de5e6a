/**
 * The one site that every runtime serves. Bundled into one file, the same for all of them.
 *
 * `POST /scenarios` performs the portable suite, `POST /random-routes` a number of random stories, `POST /redis` sends one request through a cache in a real Redis over
 * REST, and any other path says which key the runtime's own adapter has made of the request.
 */
import { Hono } from 'hono'
import { cache, memoryStore, redisCache } from '../../src/index.ts'
import { campaign } from '../properties/compare.ts'
import { type Answer, tell } from './answer.ts'
import { confirmedByPlatform } from './scenarios/bytes.ts'
import { type Accounts, performAll } from './scenarios.ts'

export interface Performance {
  readonly accounts: Accounts
  readonly md5: { readonly confirmed: number; readonly refuted: number }
}

/** A request for `POST /redis`. */
export interface Errand {
  readonly url: string
  readonly token: string
  readonly prefix: string
  readonly method: string
  readonly path: string
}

const site = new Hono()

site.post('/scenarios', async (c) =>
  c.json({ accounts: await performAll(), md5: await confirmedByPlatform() } satisfies Performance),
)

site.post('/random-routes', async (c) => {
  const { seed, stories, calls } = await c.req.json()
  return c.json(await campaign(seed, { stories, calls }))
})

site.post('/redis', async (c) => c.json(await run(await c.req.json())))

async function run({ url, token, prefix, method, path }: Errand): Promise<Answer> {
  const pending: Promise<unknown>[] = []
  const app = new Hono()
  app.use(redisCache({ url, token, prefix, waitUntil: (promise) => pending.push(promise) }))
  app.get('/text', cache({ vary: ['accept'] }), (c) => c.text('Grüße \u0000 🍣'))
  app.get('/bytes', cache(), (c) => c.body(Uint8Array.of(0xff, 0, 0xfe)))
  app.delete('/:path', async (c) => c.json(await c.get('cache').clear({ path: `/${c.req.param('path')}` })))
  const answer = await tell(`${method} ${path}`, await app.request(`http://redis.test${path}`, { method }))
  await Promise.all(pending)
  return answer
}

const texts = new Hono()
texts.use(redisCache({ store: memoryStore() }))
texts.get('/helper', cache(), (c) => c.text('text'))
texts.get('/response', cache(), () => new Response('text'))
texts.get('/past', cache({ when: () => false }), (c) => c.text('text'))
const shared = new Headers({ 'x-shared': 'by all responses' })
texts.get('/shared', cache({ when: () => false }), () => new Response('text', { headers: shared }))
texts.get('/body', cache(), async (c) => c.text(`made of "${await c.req.text()}"`))
texts.get('/link', cache(), (c) => c.html(`<a href="${c.req.url}">`))
texts.get('/users/*', cache(), (c) => c.text('of a user'))
texts.get('/about', cache(), (c) => c.text('about'))
texts.get('/coded', cache(), async () => {
  const init = { encodeBody: 'manual', headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' } }
  return new Response(await gzipped('text'), init)
})
site.route('/plain', texts)

async function gzipped(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const coding = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(coding).arrayBuffer())
}

site.all('*', redisCache({ store: memoryStore() }), cache(), (c) => {
  const { lookedUp } = c.get('cache').explain()
  return c.json(lookedUp && { key: lookedUp.key, text: lookedUp.text, scopes: lookedUp.scopes })
})

export default site
