/** RFC 9111 §4, Constructing Responses from Caches: what a stored response answers, and what it does not. */
import { expect, test } from 'vitest'
import { fresh, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'

onBothStores('RFC 9111 §4', (open) => {
  test('"the presented target URI and that of the stored response match": host, port, scheme, query', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    const urls = [
      'http://one.example/page',
      'http://two.example/page',
      'https://one.example/page',
      'http://one.example:8080/page',
      'http://one.example/page?',
      'http://one.example/page?a=1',
      'http://one.example/Page',
    ]
    const bodies: string[] = []
    for (const url of urls) bodies.push((await site.get(url)).body)
    expect(new Set(bodies).size).toBe(urls.length - 1)
    for (const [i, url] of urls.entries()) {
      expect(await site.get(url)).toMatchObject({ body: bodies[i], cache: 'hit; ttl=60' })
    }
  })

  test('"the request method associated with the stored response allows it": HEAD, and no other', async () => {
    const site = originAt(open(), [{ headers: { ...fresh(60), 'x-own': 'kept' } }])
    await site.get('/page')
    const head = await site.get('/page', { method: 'HEAD' })
    expect(head).toMatchObject({ body: '', cache: 'hit; ttl=60' })
    expect(head.headers.get('x-own')).toBe('kept')
    expect((await site.get('/page', { method: 'OPTIONS' })).cache).toBe('fwd=method')
    expect(site.asked).toHaveLength(2)
  })

  test('an OPTIONS clears nothing', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    await site.get('/page')
    await site.get('/page', { method: 'OPTIONS' })
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('"a cache MUST generate an Age header field": that of the origin and the time in here', async () => {
    const site = originAt(open(), [{ headers: { ...fresh(100), age: '30' } }])
    expect((await site.get('/page')).headers.get('age')).toBe('30')
    pass(20)
    const hit = await site.get('/page')
    expect(hit.headers.get('age')).toBe('50')
    expect(hit.cache).toBe('hit; ttl=50')
  })

  test('without a way to be validated, what is stale is made anew', async () => {
    const site = originAt(open(), [{ headers: fresh(60) }])
    await site.get('/page')
    pass(59)
    expect((await site.get('/page')).body).toBe('one')
    pass(1)
    expect((await site.get('/page')).body).toBe('two')
    expect(site.asked.at(-1)!.headers.has('if-none-match')).toBe(false)
  })
})
