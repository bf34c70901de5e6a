/** The headers that the cache knows by name: none of them is missing, and none that is only named like one is among them. */
import type { Context } from 'hono'
import { describe, expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'

fakeDate()

function pageOf(read: (c: Context) => unknown) {
  const site = openSite({ store: memoryStore() })
  site.app.get('/page', cache(), (c) => {
    read(c)
    return c.text('made')
  })
  return site
}

describe('headers that are no input of a route that reads them', () => {
  const names = [
    ...['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range', 'range'],
    ...['cache-control', 'pragma', 'traceparent', 'tracestate', 'b3', 'x-b3-traceid', 'sentry-trace'],
    ...['x-request-id', 'x-correlation-id', 'x-amzn-trace-id', 'x-cloud-trace-context', 'cf-ray'],
  ]

  test('what HTTP interprets, and what only traces a request', async () => {
    const site = pageOf((c) => names.map((name) => c.req.header(name)))
    expect((await site.get('/page')).headers.get('vary')).toBeNull()
  })

  test('and none that is only named like one of them', async () => {
    const others = names
      .flatMap((name) => [`x-${name}`, `${name}-2`])
      .filter((name) => name !== 'x-b3-traceid-2')
    const site = pageOf((c) => others.map((name) => c.req.header(name)))
    expect((await site.get('/page')).headers.get('vary')?.split(', ').sort()).toEqual(others.sort())
  })
})

describe('a coding', () => {
  function codedPage(coding: (c: Context) => string | undefined) {
    const site = openSite({ store: memoryStore() })
    site.app.get('/page', cache(), (c) => {
      const chosen = coding(c)
      return c.body(`in ${chosen}`, 200, chosen ? { 'content-encoding': chosen } : {})
    })
    return (accepted: string) => site.get('/page', { headers: { 'accept-encoding': accepted } })
  }

  test('that a route has chosen by Accept-Encoding is for no other client, though it does not say so', async () => {
    const ask = codedPage((c) => c.req.header('accept-encoding'))
    expect((await ask('zstd')).body).toBe('in zstd')
    expect((await ask('dcb')).body).toBe('in dcb')
  })

  test('that it has whoever asks makes no variants', async () => {
    const ask = codedPage(() => 'zstd')
    await ask('zstd')
    expect((await ask('dcb')).cache).toBe('hit; ttl=60')
  })
})

describe('a route that takes the raw request has one entry for all who differ', () => {
  const names = [
    ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'connection', 'content-length'],
    ...[
      'content-type',
      'dnt',
      'forwarded',
      'host',
      'keep-alive',
      'origin',
      'priority',
      'referer',
      'save-data',
    ],
    ...['sec-ch-ua', 'sec-fetch-mode', 'sec-gpc', 'sec-purpose', 'te', 'upgrade-insecure-requests'],
    ...['user-agent', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-prefix'],
    ...['x-forwarded-proto', 'x-forwarded-scheme', 'x-forwarded-server', 'x-forwarded-ssl', 'x-real-ip'],
    ...['true-client-ip', 'cdn-loop', 'cf-connecting-ip', 'cf-connecting-ipv6', 'cf-ew-via', 'cf-ipcountry'],
    ...['cf-visitor', 'cf-worker', 'fly-client-ip', 'fly-forwarded-port', 'fly-region', 'fly-request-id'],
    ...['x-vercel-id', 'x-vercel-ip-city', 'x-vercel-forwarded-for'],
    ...['rndr-id', 'x-amz-cf-id', 'x-arr-log-id', 'x-azure-ref', 'x-azure-clientip', 'x-datadog-trace-id'],
    ...['x-deno-ray', 'x-envoy-external-address', 'x-nf-request-id', 'x-railway-edge', 'x-request-start'],
  ]
  const withAll = (names: string[], value: string) => ({
    headers: Object.fromEntries(names.map((name) => [name, value])),
  })

  test('in what every browser sends and every proxy adds', async () => {
    const site = pageOf((c) => c.req.raw.signal)
    await site.get('/page', withAll(names, '1'))
    expect((await site.get('/page', withAll(names, '2'))).cache).toBe('hit; ttl=60')
  })

  test.each(['x-host', 'hosts'])('and not in %s, which is only named like one of it', async (name) => {
    const site = pageOf((c) => c.req.raw.signal)
    await site.get('/page', withAll([name], '1'))
    expect((await site.get('/page', withAll([name], '2'))).cache).toBe('fwd=vary-miss; stored')
  })
})
