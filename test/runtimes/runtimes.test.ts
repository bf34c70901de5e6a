/**
 * One suite, one file, four runtimes: what the cache writes and says must be the same on all of them, byte for byte.
 *
 * Node without an adapter is the reference; Node with its adapter, workerd, Deno and Bun are held against it.
 */
import { request } from 'node:http'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Bridge, startBridge } from '../fixtures/bridge.ts'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import type { Answer } from './answer.ts'
import { type Bundle, bundleSite, RUNTIMES, type RuntimeName, type Served, serve } from './launch.ts'
import { scenarios } from './scenarios.ts'
import type { Errand, Performance } from './site.ts'
import type { Account } from './stage.ts'

let bundle: Bundle
let served: Readonly<Record<RuntimeName, Served>>

beforeAll(async () => {
  bundle = await bundleSite()
  const all = await Promise.all(RUNTIMES.map(async (name) => [name, await serve(name, bundle)] as const))
  served = Object.fromEntries(all) as Record<RuntimeName, Served>
})

afterAll(async () => {
  await Promise.all(RUNTIMES.map((name) => served[name].stop()))
  await bundle.remove()
})

describe('the portable suite', () => {
  let reference: Performance
  let performed: Readonly<Record<RuntimeName, Performance>>

  beforeAll(async () => {
    const { default: site } = await import(pathToFileURL(bundle.file).href)
    reference = await (await site.request('/scenarios', { method: 'POST' })).json()
    const all = await Promise.all(
      RUNTIMES.map(async (name) => [name, await served[name].post<Performance>('/scenarios')] as const),
    )
    performed = Object.fromEntries(all) as Record<RuntimeName, Performance>
  })

  const told = (name: string): Account => {
    const account = reference.accounts[name]!
    if ('failed' in account) throw new Error(account.failed)
    return account
  }

  it.each(Object.keys(scenarios))('is performed to its end: %s', (name) => {
    const { answers, notes } = told(name)
    expect(answers.length + notes.length).toBeGreaterThan(0)
  })

  describe.each(RUNTIMES)('%s tells the same', (runtime) => {
    it.each(Object.keys(scenarios))('of %s', (name) => {
      expect(performed[runtime].accounts[name]).toEqual(told(name))
    })
  })

  it('gives every body back as it was made', () => {
    const { answers } = told('bodies, there and back')
    for (let i = 0; i < answers.length; i += 2) {
      const [made, hit] = [answers[i]!, answers[i + 1]!]
      expect(hit).toMatchObject({ request: made.request, body: made.body })
      expect(hit.headers).toContainEqual(['cache-status', 'hono-redis-cache; hit; ttl=60'])
    }
    expect(told('base64, there and back, with and without the platform').notes).not.toContain(false)
  })

  it('computes the MD5 that workerd has of its own', () => {
    expect(performed.workerd.md5).toEqual({ confirmed: 300, refuted: 0 })
  })

  it('has not changed its keys', () => {
    const keys = (name: string) => told(name).lookedUp.map(({ key, text }) => `${key} ${text}`)
    expect(keys('hosts and ports').slice(0, 3)).toMatchInlineSnapshot(`
      [
        "1179ffe150b156dc793c6255ba2dab62 ["GET","http://example.com","/a",[],[],null]",
        "1179ffe150b156dc793c6255ba2dab62 ["GET","http://example.com","/a",[],[],null]",
        "910aa8cc8d3c456cf6510c6061dfcf18 ["GET","https://example.com","/a",[],[],null]",
      ]
    `)
    expect(keys('static keys and built keys')).toMatchInlineSnapshot(`
      [
        "front%20page ["key","GET","front page",[],null]",
        "front%20page ["key","GET","front page",[],null]",
        "front:147e7cf6a930cb214d80cc176ef26449 ["key","GET","front",[["header x-region","eu"]],null]",
        "1 ["key","GET","1",[],null]",
        "a%3Ab%2F%C3%A9 ["key","GET","a:b/é",[],null]",
        "#b9bbb2ecf3f87024b70ba816e8bc1183 ["key","GET","long long long long long long long long long long long long long long long long long long long long",[],null]",
      ]
    `)
  })

  it('has not changed what it writes', () => {
    expect(told('parameters, empty, repeated and in any order').writes.slice(0, 5)).toMatchInlineSnapshot(`
      [
        [
          "cache:clock",
          "1.epoch:0",
          null,
        ],
        [
          "cache:a",
          "1.epoch:0",
          5184000,
        ],
        [
          "cache:n:default",
          "1.epoch:0",
          5184000,
        ],
        [
          "cache:p:%2Fq",
          "1.epoch:0",
          86460,
        ],
        [
          "cache:e:default:b7a08e602321d88025976f7c023c088f",
          "hrc1 {"stamp":"1.epoch:0","scopes":["a","n:default","p:%2Fq"],"headers":[["content-type","text/plain; charset=UTF-8"],["etag","\\"cbe8d75c23ec652e39341b16ce72a515\\""]],"status":200,"made":1893499200000,"fresh":60,"age":0,"ownEtag":true,"text":"[\\"GET\\",\\"http://localhost\\",\\"/q\\",[],[],null]"}
      ["GET","http://localhost","/q",[],[],null]",
          60,
        ],
      ]
    `)
  })
})

describe('a request through the adapter of each runtime', () => {
  const AS_IT_CAME: Readonly<Record<string, unknown[]>> = {
    '/x/../caf%C3%A9/./?b=%32': [['path', '/x/../café/./']],
    "/a^b|c'd?x='^": [['url', "http://example.com/a^b|c'd?x='^"]],
  }

  it.each([
    [
      'EXAMPLE.com',
      '/caf%c3%a9/~user?b=2&a=1+1',
      'http://example.com',
      '/caf%c3%a9/~user',
      ['a', '1 1', 'b', '2'],
    ],
    ['example.com:80', '/x/../caf%C3%A9/./?b=%32', 'http://example.com', '/caf%C3%A9/', ['b', '2']],
    ['Example.Com:8080', '//twice//?x=', 'http://example.com:8080', '//twice//', ['x', '']],
    ['example.com', "/a^b|c'd?x='^", 'http://example.com', "/a%5Eb|c'd", ['x', "'^"]],
    ['[::1]:8080', '/%7Euser/%2F/..%2f', 'http://[::1]:8080', '/%7Euser/%2F/..%2f', []],
  ])('has one key everywhere: %s %s', async (host, path, ...key) => {
    for (const name of RUNTIMES) {
      const { body } = await send(served[name], host, path)
      // Where the app is given the URL as it came, the key says so if that may make a difference.
      const asItCame = name === 'deno' ? (AS_IT_CAME[path] ?? []) : []
      expect(JSON.parse(JSON.parse(body).text), name).toEqual(['GET', ...key, [], null, ...asItCame])
    }
  })

  it('gives nobody the answer of a path that only resolves to his', async () => {
    for (const name of RUNTIMES) {
      await send(served[name], 'example.com', '/plain/users/%2e%2e/about')
      const { body } = await send(served[name], 'example.com', '/plain/about')
      expect(body, name).toBe('about')
    }
  })

  it('gives nobody what another has put before the host', async () => {
    for (const name of RUNTIMES) {
      await send(served[name], '"><svg onload=alert(1)>@example.com', '/plain/link')
      const { body } = await send(served[name], 'example.com', '/plain/link')
      expect(body, name).toBe('<a href="http://example.com/plain/link">')
    }
  })

  it('gives nobody what another has sent in the body of a GET', async () => {
    for (const name of RUNTIMES) {
      await send(served[name], 'example.com', '/plain/body', 'evil')
      const { body } = await send(served[name], 'example.com', '/plain/body')
      expect(body, name).toBe('made of ""')
    }
  })

  it('leaves alone the headers that responses of the app share', async () => {
    for (const name of RUNTIMES) {
      for (let time = 1; time <= 2; time++) {
        const { headers } = await send(served[name], 'example.com', '/plain/shared')
        expect(headers['cache-status'], name).toBe('hono-redis-cache; fwd=bypass; detail=when')
      }
    }
  })

  it('codes nothing twice that the app has coded itself', async () => {
    for (const name of RUNTIMES) {
      for (let time = 1; time <= 2; time++) {
        const answer = await fetch(`http://127.0.0.1:${served[name].port}/plain/coded`)
        expect(await answer.text(), name).toBe('text')
      }
    }
  })

  it('keeps the type that its runtime gives to a text, when it is made and when it is a hit', async () => {
    for (const name of RUNTIMES) {
      for (const path of [
        '/plain/helper',
        '/plain/helper',
        '/plain/response',
        '/plain/response',
        '/plain/past',
      ]) {
        const { headers } = await send(served[name], 'example.com', path)
        expect(headers['content-type'], `${path} on ${name}`).toMatch(/^text\/plain; ?charset=utf-8$/i)
      }
    }
  })
})

/** A raw request: neither host nor path is touched on the way. */
function send({ port }: Served, host: string, path: string, content = '') {
  return new Promise<{ body: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const headers = { host, ...(content && { 'content-length': content.length }) }
    const sent = request({ host: '127.0.0.1', port, path, headers }, async (response) => {
      resolve({ body: (await response.toArray()).join(''), headers: response.headers })
    })
    sent.on('error', reject)
    sent.end(content)
  })
}

describeWithRedis('a cache that all runtimes share in one Redis', () => {
  let redis: RedisServer
  let bridge: Bridge

  beforeAll(async () => {
    redis = await startRedis()
    bridge = await startBridge({ redis })
  })

  afterAll(async () => {
    await bridge.stop()
    await redis.stop()
  })

  /** Runs an errand there, and says what it cost. */
  async function visit(name: RuntimeName, method: string, path: string) {
    bridge.reset()
    const { url, token } = bridge
    const answer = await served[name].post<Answer>('/redis', {
      url,
      token,
      prefix: 'shared',
      method,
      path,
    } satisfies Errand)
    const status = answer.headers.find(([field]) => field === 'cache-status')?.[1]
    return { body: answer.body, status, commands: bridge.commands.map(([command]) => command) }
  }

  it('answers each of them from what another has stored, with one MGET', async () => {
    const story: unknown[] = []
    for (const path of ['/text', '/bytes']) {
      const body = path === '/text' ? 'Grüße \u0000 🍣' : 'hex ff00fe'
      for (const [at, name] of RUNTIMES.entries()) {
        const next = RUNTIMES[(at + 1) % RUNTIMES.length]!
        expect(await visit(name, 'DELETE', path)).toMatchObject({ body: 'true', commands: ['EVAL'] })
        const miss = await visit(name, 'GET', path)
        expect(miss).toMatchObject({ body, status: expect.stringContaining('fwd=') })
        expect(miss.commands.at(-1)).toBe('EVAL')
        for (const reader of [name, next]) {
          const hit = await visit(reader, 'GET', path)
          expect(hit, `${reader} after ${name}`).toMatchObject({ body, commands: ['MGET'] })
          expect(hit.status).toMatch(/^hono-redis-cache; hit; ttl=/)
        }
        story.push([path, name, next])
      }
    }
    expect(story).toHaveLength(8)
  })
})
