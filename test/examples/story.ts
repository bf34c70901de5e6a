/**
 * The story that the example tells on every runtime: a miss, a hit, a 304, a write that clears a tag, and clears by
 * namespace, path and key. Each step also looks at what must not be cleared.
 *
 * What a miss stores is stored behind its response, so a hit is waited for and never assumed.
 */

import { expect } from 'vitest'

export interface Site {
  request(
    path: string,
    init?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<Response>
  /** What a clear answers: false where the cache is one isolate's memory, and there may be other isolates. */
  readonly confirms: boolean
}

const SWITZERLAND = '/countries/CHE'
const FRANCE = '/countries/FRA'
const SEARCH = '/countries/search?q=swizerland'

export async function tellStory({ request, confirms }: Site): Promise<void> {
  const statusOf = async (path: string) => (await request(path)).headers.get('cache-status')
  const becomesHit = (path: string) =>
    expect.poll(() => statusOf(path), { message: path, timeout: 10_000, interval: 10 }).toContain('; hit;')
  const staysHit = async (path: string) => expect(await statusOf(path), path).toContain('; hit;')
  const isMadeAnew = async (path: string) => {
    const response = await request(path)
    expect(response.headers.get('cache-status'), path).toContain('; fwd=miss; stored')
    return response.json()
  }
  const clear = async (what: string) => {
    const response = await request(`/cache${what}`, { method: 'DELETE' })
    expect(await response.json(), what).toEqual({ cleared: confirms })
  }

  // A miss, then a hit: the very same answer.
  const miss = await request(SWITZERLAND)
  expect(miss.headers.get('cache-status')).toBe('hono-redis-cache; fwd=uri-miss; stored')
  expect(await miss.json()).toMatchObject({ name: 'Switzerland', capital: 'Bern' })
  await becomesHit(SWITZERLAND)
  const hit = await request(SWITZERLAND)
  const body = await hit.text()
  expect(await (await request(SWITZERLAND)).text()).toBe(body)

  // A client that has it already gets a 304.
  const etag = hit.headers.get('etag')!
  const unchanged = await request(SWITZERLAND, { headers: { 'if-none-match': etag } })
  expect([unchanged.status, await unchanged.text()]).toEqual([304, ''])
  expect(unchanged.headers.get('cache-status')).toContain('; hit;')

  // A write clears what was made from its country: the page and a search that found it. Nothing else.
  await becomesHit(SEARCH)
  await becomesHit(FRANCE)
  const written = await request(`${SWITZERLAND}/capital`, { method: 'PUT', body: 'Zürich' })
  expect(await written.json()).toMatchObject({ capital: 'Zürich', cleared: confirms })
  expect(await isMadeAnew(SWITZERLAND)).toMatchObject({ capital: 'Zürich' })
  expect((await isMadeAnew(SEARCH)).found[0]).toMatchObject({ code: 'CHE', capital: 'Zürich' })
  await staysHit(FRANCE)

  // By tag, by namespace, by path.
  await becomesHit(SWITZERLAND)
  await clear('/tags/country:CHE')
  await isMadeAnew(SWITZERLAND)
  await becomesHit(SEARCH)
  await clear('/namespaces/countries')
  await isMadeAnew(SEARCH)
  await becomesHit(SWITZERLAND)
  await clear(`/paths${SWITZERLAND}`)
  await isMadeAnew(SWITZERLAND)
  await staysHit(FRANCE)

  // A static key is one entry whatever the query says, and is cleared by its name.
  await becomesHit('/confusable')
  await staysHit('/confusable?utm_source=you')
  await clear('/keys/confusable')
  expect((await isMadeAnew('/confusable')).pairs[0]).toEqual(['Gambia', 'Zambia'])
  await staysHit(FRANCE)

  // And everything at once.
  await clear('')
  await isMadeAnew(FRANCE)
}
