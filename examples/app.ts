/**
 * The example app, the same on every runtime: countries to search, read, compare and change.
 *
 * Read it from top to bottom. `redisCache()` opens the cache, `cache()` says what is kept and for how long, and
 * `c.get('cache')` clears it when the data changes. Every answer says in `Cache-Status` what the cache did.
 */

import { type Context, Hono } from 'hono'
import { cache, type RedisCacheOptions, redisCache } from 'hono-redis-cache'
import {
  type Country,
  findCountry,
  listCountries,
  mistakenFor,
  mostConfusable,
  searchCountries,
} from './countries.ts'
import { welcome } from './welcome.ts'

/** The name under which everything made from one country can be cleared. */
const tagOf = (code = '') => `country:${code.toUpperCase()}`

const summary = ({ code, name, capital }: Country) => ({ code, name, capital })

export function createApp(options: RedisCacheOptions = {}) {
  const app = new Hono()

  // Opens the cache for every route below. Without options it takes its Redis from the environment.
  app.use(redisCache(options))

  app.get('/', (c) => c.text(welcome(new URL(c.req.url).origin)))

  // One line caches a group of routes: each URL has its own entry, and all of them share a namespace.
  app.use('/countries/*', cache({ expire: 60, namespace: 'countries' }))

  app.get('/countries', (c) => c.json({ computedAt: new Date(), countries: listCountries().map(summary) }))

  // What an answer is made of may be known only once it is made: then the handler adds the tags.
  app.get('/countries/search', (c) => {
    const found = searchCountries(c.req.query('q') ?? '')
    c.get('cache').tag(...found.map(({ code }) => tagOf(code)))
    return c.json({ computedAt: new Date(), found: found.map(summary) })
  })

  // A route's own cache() acts in place of the group's: an hour, a namespace of its own, and a tag from the URL.
  app.get(
    '/countries/:code',
    cache({ expire: 3600, namespace: 'country', tags: (c) => [tagOf(c.req.param('code'))] }),
    (c) => {
      const country = findCountry(c.req.param('code'))
      if (!country) return c.json({ error: 'there is no such country' }, 404)
      const names = mistakenFor(country).map(({ name }) => name)
      return c.json({ computedAt: new Date(), ...summary(country), mistakenFor: names })
    },
  )

  // A static key: whatever the query says, this is one entry. It takes long, so it is kept for a day.
  app.get('/confusable', cache({ expire: 86_400, key: 'confusable' }), (c) => {
    const pairs = mostConfusable().map((pair) => pair.map(({ name }) => name))
    return c.json({ computedAt: new Date(), pairs })
  })

  // A write changes the data first and clears what was made from it second: its page, and searches that found it.
  app.put('/countries/:code/capital', async (c) => {
    const country = findCountry(c.req.param('code'))
    if (!country) return c.json({ error: 'there is no such country' }, 404)
    country.capital = await c.req.text()
    const cleared = await c.get('cache').clear({ tag: tagOf(country.code) })
    return c.json({ ...summary(country), cleared })
  })

  // Clearing by hand. In an app of your own, put these behind hono/bearer-auth.
  app.delete('/cache', (c) => answer(c, c.get('cache').clear()))
  app.delete('/cache/namespaces/:namespace', (c) =>
    answer(c, c.get('cache').clear({ namespace: c.req.param('namespace') })),
  )
  app.delete('/cache/tags/:tag', (c) => answer(c, c.get('cache').clear({ tag: c.req.param('tag') })))
  app.delete('/cache/keys/:key', (c) => answer(c, c.get('cache').clear({ key: c.req.param('key') })))
  app.delete('/cache/paths/*', (c) =>
    answer(c, c.get('cache').clear({ path: c.req.path.replace('/cache/paths', '') })),
  )

  return app
}

/** `cleared` is true when the store has confirmed the clear: no later request gets anything older. */
async function answer(c: Context, clearing: Promise<boolean>) {
  return c.json({ cleared: await clearing })
}
