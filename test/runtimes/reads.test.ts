/**
 * Every way to read a request, on every runtime, through its own server: the read is noticed, the answer is what it is
 * without a cache, for whoever asks and whoever asked before, and nothing is left changed.
 */
import { createServer, request, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bundle, bundleSite, RUNTIMES, type RuntimeName, type Served, serve } from './launch.ts'
import type { Account, Who } from './reads/site.ts'
import { pathOf, type Way, ways } from './reads/ways.ts'

const HEADERS: Readonly<Record<Who, Record<string, string>>> = {
  alice: {
    cookie: 'session=alice',
    authorization: 'Bearer alice',
    'accept-language': 'de',
    'x-tenant': 'a',
  },
  bob: { cookie: 'session=bob', authorization: 'Bearer bob', 'accept-language': 'en', 'x-tenant': 'b' },
  anonymous: { 'accept-language': 'fr' },
}

let bundle: Bundle
let echo: Server
let origin: string
let served: Readonly<Record<RuntimeName, Served>>

beforeAll(async () => {
  bundle = await bundleSite('reads/site.ts')
  // Requests name it as their host, so that a route which hands its request on ends there and not with itself.
  echo = createServer(({ headers }, response) => {
    const { cookie, authorization, 'accept-language': language, 'x-tenant': tenant } = headers
    response.end(JSON.stringify({ cookie, authorization, language, tenant }))
  })
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  origin = `127.0.0.1:${(echo.address() as { port: number }).port}`
  const all = await Promise.all(RUNTIMES.map(async (name) => [name, await serve(name, bundle)] as const))
  served = Object.fromEntries(all) as Record<RuntimeName, Served>
})

afterAll(async () => {
  await Promise.all(RUNTIMES.map((name) => served[name].stop()))
  echo.closeAllConnections()
  echo.close()
  await bundle.remove()
})

function send(runtime: RuntimeName, path: string, who: Who, { method, body }: Way): Promise<Account> {
  return new Promise((resolve, reject) => {
    const { port } = served[runtime]
    const headers = { ...HEADERS[who], host: origin, 'content-type': 'application/json' }
    const sent = request(
      { host: '127.0.0.1', port, path, method: method ?? 'GET', headers },
      async (response) => {
        const text = (await response.toArray()).join('')
        if (response.statusCode === 200) resolve(JSON.parse(text))
        else reject(new Error(`${runtime} answered ${response.statusCode}: ${text}`))
      },
    )
    sent.on('error', reject)
    sent.end(body?.(who))
  })
}

describe.each(RUNTIMES)('on %s', (runtime) => {
  describe.each(Object.entries(ways))('a route that reads %s', (name, way) => {
    const path = pathOf(name)
    const ask = (who: Who, query = '') => send(runtime, `/cache${path}${query}`, who, way)
    const truth = (who: Who, query = '') => send(runtime, `/plain${path}${query}`, who, way)

    test('answers everybody as it does without a cache', async () => {
      for (const who of ['alice', 'bob', 'anonymous', 'alice', 'anonymous', 'bob'] as const) {
        expect((await ask(who, '?a=1')).answer, who).toEqual((await truth(who, '?a=1')).answer)
      }
    })

    test('answers each of several at once as it does without a cache', async () => {
      const people = ['alice', 'bob', 'anonymous', 'bob'] as const
      const answers = await Promise.all(people.map((who) => ask(who, '?a=2')))
      for (const [at, who] of people.entries()) {
        expect(answers[at]!.answer, who).toEqual((await truth(who, '?a=2')).answer)
      }
    })

    test('is noticed', async () => {
      const { outcome, anonymous = outcome, learned } = way
      const one = await ask('alice', '?a=3')
      const other = await ask('anonymous', '?a=4')
      for (const [told, expected] of [
        [one, outcome],
        [other, anonymous],
      ] as const) {
        expect([expected].flat()).toContain(told.outcome)
        if (expected === 'stored' && learned) expect([...told.inputs!.learned].sort()).toEqual(learned)
        if (told.outcome?.startsWith('reads-'))
          expect(told.inputs!.refused).toEqual([told.outcome.slice('reads-'.length)])
      }
    })

    test('leaves nothing changed, and the true request to whoever is above', async () => {
      for (const who of ['alice', 'anonymous'] as const) {
        const [made, expected] = [await ask(who, '?look=1'), await truth(who, '?look=1')]
        // In a hit the handler, with what it changes of its own, has not run.
        if (made.outcome !== 'hit') expect(made.changed).toEqual(expected.changed.filter(isNotItsOwnRequest))
        expect(made.cookieAbove).toBe(HEADERS[who].cookie ?? null)
      }
    })
  })
})

/** A handler may put a request of its own in place of the true one; with a cache above, that is put back, too. */
const isNotItsOwnRequest = (name: string) => name !== 'c.req.raw' && !name.startsWith('c.req.raw.')
