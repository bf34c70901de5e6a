/**
 * The cache's events as Prometheus metrics, with `prom-client`: the example app, and `GET /metrics` for the scraper.
 *
 * `npx node examples/metrics.ts` starts it. Labels are what there are few of (outcomes, reasons, namespaces, registered
 * paths); a key or a path as requested would make a time series for every page.
 */

import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { type CacheEvent, type RedisCacheOptions, warnOnce } from 'hono-redis-cache'
import { Counter, Histogram, Registry } from 'prom-client'
import { createApp } from './app.ts'
import { chooseStore } from './choose-store.ts'

/** Seconds, from half a millisecond: a look-up takes few of them, a handler may take many. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const CHARACTERS = [1e3, 1e4, 1e5, 1e6]

export function cacheMetrics(registry = new Registry()) {
  const registers = [registry]
  const requests = new Counter({
    name: 'cache_requests_total',
    help: 'Look-ups by outcome, and requests that made none; what was shared was a miss before',
    labelNames: ['outcome', 'reason', 'namespace', 'route'],
    registers,
  })
  const commits = new Counter({
    name: 'cache_commits_total',
    help: 'Responses that were stored, and those that were not, with the reason',
    labelNames: ['outcome', 'reason', 'route'],
    registers,
  })
  const clears = new Counter({
    name: 'cache_clears_total',
    help: 'Clears, and whether the store has confirmed them',
    labelNames: ['confirmed'],
    registers,
  })
  const failures = new Counter({
    name: 'cache_failures_total',
    help: 'Calls that the store has not answered, and wrong configurations',
    labelNames: ['operation', 'reason'],
    registers,
  })
  const duration = new Histogram({
    name: 'cache_duration_seconds',
    help: 'How long look-ups, handlers and commits took',
    labelNames: ['step', 'route'],
    buckets: SECONDS,
    registers,
  })
  const size = new Histogram({
    name: 'cache_stored_characters',
    help: 'Length of what was stored',
    labelNames: ['namespace'],
    buckets: CHARACTERS,
    registers,
  })

  // An `onEvent` of one's own takes the place of the warnings.
  const warn = warnOnce((message) => console.warn(message))

  function onEvent(event: CacheEvent): void {
    warn(event)
    const { route } = event
    const took = (step: string, milliseconds: number) =>
      duration.observe({ step, route }, milliseconds / 1000)
    switch (event.type) {
      case 'hit':
        requests.inc({ outcome: 'hit', reason: '', namespace: event.namespace, route })
        took('look-up', event.milliseconds)
        break
      case 'miss':
        requests.inc({ outcome: 'miss', reason: event.reason, namespace: event.namespace, route })
        took('look-up', event.milliseconds)
        break
      case 'shared':
        requests.inc({ outcome: 'shared', reason: '', namespace: event.namespace, route })
        break
      case 'bypass':
        requests.inc({ outcome: 'bypass', reason: event.reason, namespace: '', route })
        break
      case 'handled':
        took('handler', event.milliseconds)
        break
      case 'stored':
        commits.inc({ outcome: 'stored', reason: '', route })
        size.observe({ namespace: event.namespace }, event.size)
        took('commit', event.milliseconds)
        break
      case 'not-stored':
        commits.inc({ outcome: 'not-stored', reason: event.reason, route })
        break
      case 'clear':
        clears.inc({ confirmed: String(event.confirmed) })
        break
      case 'store-failed':
        failures.inc({ operation: event.operation, reason: event.reason })
        break
      case 'misconfigured':
        failures.inc({ operation: 'configuration', reason: '' })
        break
    }
  }

  return { registry, onEvent }
}

export function createMeasuredApp(options: RedisCacheOptions = {}) {
  const { registry, onEvent } = cacheMetrics()
  const app = new Hono()
  // In an app of your own, keep it from the public.
  app.get('/metrics', async (c) =>
    c.body(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  )
  app.route('/', createApp({ ...options, onEvent }))
  return app
}

if (import.meta.main) {
  const { options } = chooseStore(process.env)
  const port = Number(process.env.PORT ?? 3000)
  serve({ fetch: createMeasuredApp(options).fetch, hostname: '127.0.0.1', port }, (address) => {
    console.log(`Listening on http://127.0.0.1:${address.port}`)
  })
}
