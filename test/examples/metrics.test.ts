/** The metrics example, scraped as Prometheus would: what the cache did is there, and no series grows with the keys. */

import { memoryStore } from 'hono-redis-cache'
import { expect, test, vi } from 'vitest'
import { createMeasuredApp } from '../../examples/metrics.ts'
import { startProcess } from './run.ts'

/** Samples by name and labels, as in the exposition format. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ')
      return [line.slice(0, space), Number(line.slice(space + 1))]
    }),
  )
}

const COUNTRY = 'namespace="country",route="/countries/:code"'
const ONE_OF_EACH = {
  [`cache_requests_total{outcome="miss",reason="uri-miss",${COUNTRY}}`]: 1,
  [`cache_requests_total{outcome="hit",reason="",${COUNTRY}}`]: 1,
  [`cache_requests_total{outcome="miss",reason="invalid",${COUNTRY}}`]: 1,
  'cache_commits_total{outcome="stored",reason="",route="/countries/:code"}': 2,
  'cache_clears_total{confirmed="true"}': 1,
  'cache_duration_seconds_count{step="look-up",route="/countries/:code"}': 3,
  'cache_duration_seconds_count{step="handler",route="/countries/:code"}': 2,
  'cache_duration_seconds_count{step="commit",route="/countries/:code"}': 2,
  'cache_stored_characters_count{namespace="country"}': 2,
}

async function missHitClearMiss(
  pending: Promise<unknown>[],
  request: (path: string, init?: RequestInit) => unknown,
) {
  const get = async () => {
    await request('/countries/CHE')
    await Promise.all(pending.splice(0))
  }
  await get()
  await get()
  await request('/cache/tags/country:CHE', { method: 'DELETE' })
  await get()
}

test('a miss, a hit and a clear are counted, and how long they took', async () => {
  const pending: Promise<unknown>[] = []
  const app = createMeasuredApp({ store: memoryStore(), waitUntil: (work) => void pending.push(work) })
  await missHitClearMiss(pending, (path, init) => app.request(path, init))
  const response = await app.request('/metrics')
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const samples = samplesOf(await response.text())
  expect(Object.fromEntries(Object.keys(ONE_OF_EACH).map((name) => [name, samples.get(name)]))).toEqual(
    ONE_OF_EACH,
  )
})

test('what was not found is not stored, and the reason is a label', async () => {
  const app = createMeasuredApp({ store: memoryStore() })
  expect((await app.request('/countries/nowhere')).status).toBe(404)
  const samples = samplesOf(await (await app.request('/metrics')).text())
  const name = 'cache_commits_total{outcome="not-stored",reason="status",route="/countries/:code"}'
  expect(samples.get(name)).toBe(1)
})

test('what a person should know is still on the console, once', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const fail = () => Promise.reject(new Error('no connection'))
  const app = createMeasuredApp({ redis: { send: fail } })
  for (let i = 0; i < 2; i++) await app.request('/countries/CHE')
  expect(warn.mock.calls.flat()).toEqual([
    'hono-redis-cache at GET /countries/:code: the store gave no answer to a look-up (failed): no connection, or an error; send a PING by the same client to see which',
  ])
  warn.mockRestore()
})

test('no time series is made for a page of its own', async () => {
  const pending: Promise<unknown>[] = []
  const app = createMeasuredApp({ store: memoryStore(), waitUntil: (work) => void pending.push(work) })
  const series = async (queries: number) => {
    for (let i = 0; i < queries; i++) await app.request(`/countries?page=${queries}-${i}`)
    await Promise.all(pending.splice(0))
    return samplesOf(await (await app.request('/metrics')).text()).size
  }
  expect(await series(20)).toBe(await series(1))
})

test('it starts as a process of its own, and answers the scraper', async () => {
  const site = await startProcess(['node', 'examples/metrics.ts'])
  try {
    await (await site.request('/countries/FRA')).text()
    expect(await (await site.request('/metrics')).text()).toContain('outcome="miss",reason="uri-miss"')
  } finally {
    await site.stop()
  }
})
