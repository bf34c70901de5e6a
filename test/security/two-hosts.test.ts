/**
 * A request may name two hosts, in its first line and in `Host`, or in two lines of that. No response names `Host` in its
 * `Vary`, since it is a part of the URL; but a route that is not observed may read the one that the URL is not of.
 */
import { once } from 'node:events'
import { type OutgoingHttpHeaders, request } from 'node:http'
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { run } from '../support/running.ts'
import type { Site } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

async function served(site: Site) {
  const { port, stop } = await run(site.app)
  return {
    /** The link that a page at that target has in it. */
    async link(path: string, headers: OutgoingHttpHeaders | readonly string[]): Promise<string> {
      const asking = request({ port, path, headers, setHost: false }).end()
      const [answer] = await once(asking, 'response')
      const [body] = await answer.toArray()
      await site.settle()
      return String(body)
    },
    stop,
  }
}

const AT_SHOP = ['Host', 'shop.example']

onBothStores('a host of the first line and another one', (open) => {
  const unobserved: CacheOptions[] = [
    { policy: 'standard' },
    { autoVary: false },
    { vary: ['accept'], autoVary: false },
  ]

  test.each(unobserved)('does not put its links into the pages of the first: %j', async (options) => {
    const site = open()
    site.app.get('/page', cache({ expire: 60, ...options }), (c) => c.text(`//${c.req.header('host')}/next`))
    const { link, stop } = await served(site)
    for (const path of ['/page?a', '/page?b']) {
      // At a page that is known, and at one that is not.
      if (path === '/page?b') await link(path, AT_SHOP)
      await link(`http://shop.example${path}`, ['Host', 'evil.example'])
      await link(path, [...AT_SHOP, 'Host', 'evil.example'])
      expect(await link(path, AT_SHOP)).toBe('//shop.example/next')
    }
    await stop()
  })
})
