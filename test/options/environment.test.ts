/** Credentials of the runtime's environment: which names, what is half set or malformed, and what cannot be read. */
import { Context, Hono } from 'hono'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { cache, openCache, redisCache } from '../../src/index.ts'
import { credentials, runsManyIsolates } from '../../src/options/environment.ts'

const NAMES = [
  'UPSTASH_REDIS_REST_URL',
  'UPSTASH_REDIS_REST_TOKEN',
  'KV_REST_API_URL',
  'KV_REST_API_TOKEN',
] as const
const [URL_NAME, TOKEN_NAME, KV_URL_NAME, KV_TOKEN_NAME] = NAMES
const UPSTASH = { [URL_NAME]: 'https://upstash.example', [TOKEN_NAME]: 'one' }
const KV = { [KV_URL_NAME]: 'https://kv.example', [KV_TOKEN_NAME]: 'two' }

beforeEach(() => {
  for (const name of NAMES) vi.stubEnv(name, undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const setting = (variables: Record<string, string>) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}
const contextWith = (env: object) => new Context(new Request('http://a/'), { env })

const onNode = (variables: Record<string, string>) => {
  setting(variables)
  return credentials(contextWith({}))
}
const onWorkers = (variables: Record<string, string>) => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  return credentials(contextWith(variables))
}
const outside = (variables: Record<string, string>) => {
  setting(variables)
  return credentials(undefined)
}

describe.each([
  ['in a request on Node', onNode],
  ['in a request on Workers', onWorkers],
  ['outside a request', outside],
])('%s', (_, read) => {
  test('nothing is nothing', () => {
    expect(read({})).toBeNull()
    expect(read({ [URL_NAME]: '', [TOKEN_NAME]: '' })).toBeNull()
  })

  test('Upstash’s names', () => {
    expect(read(UPSTASH)).toEqual({ url: 'https://upstash.example', token: 'one' })
  })

  test('Vercel’s names', () => {
    expect(read(KV)).toEqual({ url: 'https://kv.example', token: 'two' })
  })

  test('Upstash’s come first', () => {
    expect(read({ ...KV, ...UPSTASH })).toEqual({ url: 'https://upstash.example', token: 'one' })
  })

  test.each([
    [{ [URL_NAME]: 'https://upstash.example' }, `${URL_NAME} is set and ${TOKEN_NAME} is not; set both`],
    [{ [TOKEN_NAME]: 'one' }, `${TOKEN_NAME} is set and ${URL_NAME} is not; set both`],
    [{ ...UPSTASH, [TOKEN_NAME]: '' }, `${URL_NAME} is set and ${TOKEN_NAME} is not; set both`],
    [{ [KV_TOKEN_NAME]: 'two' }, `${KV_TOKEN_NAME} is set and ${KV_URL_NAME} is not; set both`],
    [{ ...KV, [TOKEN_NAME]: 'one' }, `${TOKEN_NAME} is set and ${URL_NAME} is not; set both`],
  ])('half of a pair is a mistake, and the other pair does not mend it: %o', (variables, message) => {
    expect(() => read(variables)).toThrow(new ConfigError(message))
  })

  test.each([
    ['upstash.example', 'a string'],
    [
      'rediss://upstash.example',
      'one for a socket; open it with a client, and give redis: { send(command) }',
    ],
    ['"https://upstash.example"', 'a string'],
    ['https://upstash.example\n', 'a string'],
  ])('a URL that is none is a mistake, and is not quoted: %j', (url, found) => {
    const message = `${URL_NAME} must be an http:// or https:// URL without quotes, spaces, credentials or query; got ${found}`
    expect(() => read({ ...UPSTASH, [URL_NAME]: url })).toThrow(new ConfigError(message))
  })
})

describe('credentials of the environment', () => {
  const sentBy = async (act: () => Promise<unknown>) => {
    setting(UPSTASH)
    const sent: [url: string, command: string][] = []
    vi.stubGlobal('fetch', async (url: string, { body }: { body: string }) => {
      sent.push([url, body])
      return new Response(null, { status: 500 })
    })
    await act()
    return sent[0]!
  }
  test.each<[string, string, (options: { prefix: string; onEvent(): void }) => Promise<unknown>]>([
    ['openCache()', 'one', (options) => openCache(options).clear()],
    [
      'redisCache()',
      'other',
      async (options) => {
        const app = new Hono()
        app.use(redisCache(options))
        app.get('/page', cache(), (c) => c.text('made'))
        await app.request('/page')
      },
    ],
  ])('are used beside what else %s is told', async (_, prefix, act) => {
    const [url, command] = await sentBy(() => act({ prefix, onEvent: () => {} }))
    expect(url).toMatch(/^https:\/\/upstash\.example/)
    expect(command).toContain(`"${prefix}:clock"`)
  })
})

test('bindings that are no strings are none of ours', () => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  expect(credentials(contextWith({ [URL_NAME]: {}, [TOKEN_NAME]: 5 }))).toBeNull()
})

test('on Workers without a request there are no bindings to read', () => {
  vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' })
  expect(credentials(undefined)).toBeNull()
})

describe('an environment that may not be read', () => {
  const forbidden = (...allowed: string[]) =>
    new Proxy({} as Record<string, string>, {
      get(_, name) {
        if (!allowed.includes(String(name))) throw new Error('NotCapable: Requires env access')
        return (UPSTASH as Record<string, string>)[String(name)]
      },
    })
  /** As Deno without `--allow-env`: reading all of it throws, and so does reading one name that is not allowed. */
  const onDeno = (env: Record<string, string>) => {
    vi.stubGlobal('navigator', { userAgent: 'Deno/2' })
    vi.stubGlobal('Deno', { env: { toObject: () => Reflect.get(forbidden(), 'all') } })
    vi.stubGlobal('process', { env })
    return credentials(contextWith({}))
  }

  test('is an environment without our names', () => {
    expect(onDeno(forbidden())).toBeNull()
  })

  test('but for the names that may be', () => {
    expect(onDeno(forbidden(...NAMES))).toEqual({ url: 'https://upstash.example', token: 'one' })
  })

  test('is none where there is no process either', () => {
    vi.stubGlobal('navigator', { userAgent: 'Deno/2' })
    vi.stubGlobal('Deno', {})
    vi.stubGlobal('process', undefined)
    expect(credentials(contextWith({}))).toBeNull()
  })
})

describe('openCache() outside a request', () => {
  test('takes its store from the environment', () => {
    setting(UPSTASH)
    expect(openCache()).toHaveProperty('clear')
  })

  test('throws for a mistake in it', () => {
    setting({ [TOKEN_NAME]: 'one' })
    expect(() => openCache()).toThrow(ConfigError)
  })

  test('does not read it where options name a store', () => {
    setting({ [TOKEN_NAME]: 'one' })
    expect(openCache({ redis: { send: async () => null } })).toHaveProperty('clear')
  })
})

describe('many isolates', () => {
  test.each([
    ['Cloudflare-Workers', true],
    ['Node.js/26', false],
    ['Deno/2', false],
    ['Bun/1', false],
  ])('%s: %s', (userAgent, many) => {
    vi.stubGlobal('navigator', { userAgent })
    expect(runsManyIsolates()).toBe(many)
  })

  test('a function on AWS Lambda', () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'shop')
    expect(runsManyIsolates()).toBe(true)
  })

  test('a process whose environment may not be read', () => {
    vi.stubGlobal('navigator', { userAgent: 'Deno/2' })
    vi.stubGlobal('process', {
      get env() {
        throw new Error('NotCapable: Requires env access')
      },
    })
    expect(runsManyIsolates()).toBe(false)
  })

  test.each([
    ['Vercel’s edge', 'EdgeRuntime', 'edge-runtime'],
    ['Fastly', 'fastly', {}],
  ])('%s', (_, name, value) => {
    vi.stubGlobal('navigator', undefined)
    vi.stubGlobal(name, value)
    expect(runsManyIsolates()).toBe(true)
  })
})
