/** What a key has learned outlives a deployment: a later version of the app must not suffer from what it has mended. */
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { cache, memoryStore, type RedisCacheOptions } from '../../src/index.ts'
import { counter, openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'

fakeDate()

interface Version {
  /** The variable that stands above, request by request. */
  readonly given: readonly unknown[]
  readonly options?: RedisCacheOptions
  readonly namespace?: string
  readonly reads?: boolean
}

/** Versions of an app, one after another on one store; gives what `/page` answers, and how, request by request. */
function versions() {
  const store = memoryStore()
  const made = counter()
  return async ({ given, options, namespace = 'default', reads = true }: Version) => {
    const { app, get } = openSite({ store, ...options })
    const left = [...given]
    const page = new Hono<{ Variables: { given: unknown } }>()
    page.use(async (c, next) => {
      c.set('given', left.shift())
      await next()
    })
    page.get('/page', cache({ namespace }), (c) => {
      if (reads) void c.get('given')
      return c.text(made())
    })
    app.route('/', page)
    const answers: string[] = []
    for (const _ of given) {
      const { body, cache } = await get('/page')
      answers.push(`${body}: ${cache}`)
    }
    return answers
  }
}

const exclude = ['given']

test('a variable that is excluded now is in the key of no page that knew it', async () => {
  const deploy = versions()
  expect(await deploy({ given: [1, 2] })).toEqual(['one: fwd=uri-miss; stored', 'two: fwd=vary-miss; stored'])
  expect(await deploy({ given: [3, 4], options: { exclude } })).toEqual([
    'three: fwd=vary-miss; stored',
    'three: hit; ttl=60',
  ])
})

test('one that is a client by now keeps no request out of the cache', async () => {
  const deploy = versions()
  expect(await deploy({ given: ['plain'] })).toEqual(['one: fwd=uri-miss; stored'])
  expect(await deploy({ given: [new Map(), new Map()], options: { exclude } })).toEqual([
    'two: fwd=vary-miss; stored',
    'two: hit; ttl=60',
  ])
})

test('what was stored for those without the variable is not for all', async () => {
  const deploy = versions()
  expect(await deploy({ given: [undefined] })).toEqual(['one: fwd=uri-miss; stored'])
  expect(await deploy({ given: ['plain'], options: { exclude } })).toEqual(['two: fwd=vary-miss; stored'])
})

test('a route that no longer reads what differed is cached again, in the other namespace that the event asks for', async () => {
  const deploy = versions()
  const requests = Array.from({ length: 20 }, (_, i) => i)
  expect((await deploy({ given: requests })).at(-1)).toBe('20: fwd=vary-miss; detail=too-many-variants')
  expect(await deploy({ given: requests.slice(0, 2), reads: false, namespace: 'mended' })).toEqual([
    '21: fwd=uri-miss; stored',
    '21: hit; ttl=60',
  ])
})
