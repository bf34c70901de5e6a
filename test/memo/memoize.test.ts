/** `memoize()` by itself: its key, its values, its clears. Inside routes: protocol/collect.test.ts. */
import { Hono } from 'hono'
import { describe, expect, test, vi } from 'vitest'
import { type ClearTarget, memoize } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores, pass } from '../support/stores.ts'
import { type Args, serve } from './calls.ts'

class Database {
  readonly rows = 1
}

onBothStores('memoize', (open) => {
  describe('its key', () => {
    test.each([
      ['a Map', new Map([['id', 1]])],
      ['an instance', new Database()],
    ])('is not made of %s, whose members nobody can name', async (_, args) => {
      const site = serve(open())
      expect(await site.call(args as Args)).toMatch(
        /^TypeError: memoize\(getProduct\): the arguments must be/,
      )
    })

    test('is made of the arguments, whatever their order, and of nothing else', async () => {
      const site = serve(open())
      expect(await site.call({ id: '1', lang: { a: 1, b: [2] } })).toBe('one')
      expect(await site.call({ lang: { b: [2], a: 1 }, id: '1' })).toBe('one')
      expect(await site.call({ id: 1, lang: { a: 1, b: [2] } })).toBe('two')
      expect(await site.call({ id: '1' })).toBe('three')
    })

    test('an argument that is undefined is one that is not given; null is another', async () => {
      const site = serve(open())
      expect(await site.call({ id: undefined })).toBe('one')
      expect(await site.call({})).toBe('one')
      expect(await site.call({ lang: null })).toBe('two')
    })

    test('leaves out the dependencies that memoize() names, and those that redisCache() does', async () => {
      for (const [options, own] of [
        [{}, { exclude: ['db'] }],
        [{ exclude: ['db'] }, {}],
      ]) {
        const site = serve(open(options), own)
        expect(await site.call({ id: '1', db: new Database() })).toBe('one')
        expect(await site.call({ id: '1', db: new Database() })).toBe('one')
        expect(await site.call({ id: '2', db: new Database() })).toBe('two')
      }
    })

    test.each([
      ['a class instance', new Database()],
      ['a function', () => 1],
      ['a Map', new Map()],
      ['a Date', new Date(0)],
    ])(
      '%s that is not excluded throws at the first call, with its name and the line to add',
      async (_, db) => {
        const site = serve(open())
        expect(await site.call({ id: '1', db })).toBe(
          'TypeError: memoize(getProduct): the argument db is no plain value; ' +
            "if it is a dependency, the same for every caller, leave it out with exclude: ['db'], " +
            'else give what is needed of it as a plain value, such as an id',
        )
      },
    )

    test('two names, and two namespaces, share nothing', async () => {
      const site = open()
      const made = counter()
      const memos = [{ name: 'a' }, { name: 'b' }, { name: 'a', namespace: 'other' }].map((options) =>
        memoize(made, options),
      )
      site.app.get('/all', async (c) => c.json(await Promise.all(memos.map((memo) => memo(c, {})))))
      const { body } = await site.get('/all')
      expect(JSON.parse(body)).toHaveLength(new Set(JSON.parse(body)).size)
      expect((await site.get('/all')).body).toBe(body)
    })

    test('has not changed', async () => {
      const site = serve(open(), { namespace: 'catalog', exclude: ['db'] })
      await site.call({ lang: { b: ['é', null], a: -0 }, id: 7, db: new Database() })
      expect(site.events.find(({ type }) => type === 'stored')).toMatchObject({
        namespace: 'catalog',
        // md5 of ["memo","catalog","getProduct",[["id","7"],["lang","{\"a\":-0,\"b\":[\"é\",null]}"]]]
        key: '5813ac31921127007a959cf8329027ac',
        route: 'memoize getProduct',
      })
    })
  })

  describe('its value', () => {
    test.each([
      ['null', null],
      ['false', false],
      ['nothing but a text', ''],
      ['a tree', { list: [1, { é: '\u2028\ud800"' }], none: null }],
    ])('%s comes back as it was', async (_, value) => {
      let calls = 0
      const site = serve(open(), {}, () => {
        calls++
        return value
      })
      expect([await site.call(), await site.call(), calls]).toEqual([value, value, 1])
    })

    test('a Date is text both times, and a member that is undefined is absent both times', async () => {
      const site = open()
      const load = memoize(() => ({ at: new Date(0), none: undefined }), { name: 'load' })
      site.app.get('/call', async (c) => {
        const value = await load(c, {})
        return c.text(`${typeof value.at} ${Object.keys(value)}`)
      })
      expect((await site.get('/call')).body).toBe('string at')
      expect((await site.get('/call')).body).toBe('string at')
      expect(site.transcript().map((line) => line.split(' ', 1)[0])).toEqual(['miss', 'stored', 'hit'])
    })

    test('is nobody else’s object: what one caller does to it no other sees', async () => {
      const site = open()
      const shared = { list: [1] }
      const load = memoize(() => shared, { name: 'load' })
      site.app.get('/call', async (c) => {
        const value = await load(c, {})
        value.list.push(2)
        return c.json(value.list)
      })
      for (let time = 1; time <= 3; time++) expect((await site.get('/call')).body).toBe('[1,2]')
      expect(shared.list).toEqual([1])
    })

    test('undefined is not stored', async () => {
      let calls = 0
      const site = serve(open(), {}, () => void calls++)
      expect(await site.call()).toBeUndefined()
      await site.call()
      expect(calls).toBe(2)
      expect(site.events[2]).toMatchObject({ type: 'not-stored', reason: 'not-fresh' })
    })

    test('an error is thrown on as it is, and not stored', async () => {
      let calls = 0
      const site = serve(open(), {}, async () => {
        throw new RangeError(`no row ${++calls}`)
      })
      expect(await site.call()).toBe('RangeError: no row 1')
      expect(await site.call()).toBe('RangeError: no row 2')
      expect(site.types()).not.toContain('stored')
    })

    test('is made again when its time is over, and each time with expire: 0', async () => {
      const site = serve(open(), { expire: 10 })
      expect(await site.call()).toBe('one')
      pass(9)
      expect(await site.call()).toBe('one')
      pass(2)
      expect(await site.call()).toBe('two')
      const never = serve(open(), { expire: 0 })
      expect([await never.call(), await never.call()]).toEqual(['one', 'two'])
      expect(never.types()).toEqual(['miss', 'not-stored', 'miss', 'not-stored'])
    })

    test('too long to be worth it, it is given and not stored', async () => {
      const long = 'x'.repeat(1_048_576)
      const site = serve(open(), {}, () => long)
      expect(await site.call()).toBe(long)
      expect(site.events.at(-1)).toMatchObject({ type: 'not-stored', reason: 'too-large' })
    })
  })

  describe('a clear', () => {
    test.each<[string, ClearTarget | undefined, boolean]>([
      ['everything', undefined, true],
      ['its tag', { tag: 'product:1' }, true],
      ['one of its tags', { tags: ['else', 'products'] }, true],
      ['another tag', { tag: 'product:2' }, false],
      ['its namespace', { namespace: 'catalog' }, true],
      ['another namespace', { namespace: 'default' }, false],
      ['its name', { key: 'getProduct', namespace: 'catalog' }, true],
      ['its name in another namespace', { key: 'getProduct' }, false],
      ['the path that called it', { path: '/call' }, false],
    ])('of %s', async (_, target, reaches) => {
      const site = serve(open(), {
        namespace: 'catalog',
        tags: ({ id }) => ['products', `product:${id}`],
      })
      await site.call({ id: '1' })
      expect(await (target ? site.clear(target) : site.clear())).toBe(true)
      expect(await site.call({ id: '1' })).toBe(reaches ? 'two' : 'one')
    })

    test.each<[string, ClearTarget]>([
      ['its tag', { tag: 'slow' }],
      ['its name', { key: 'getProduct' }],
    ])(
      'of %s while the function runs: what it made of old data is not served afterwards',
      async (_, target) => {
        const site = open()
        let row = 'old'
        let whileItRuns: (() => Promise<unknown>) | undefined
        const load = memoize(
          async () => {
            const read = row
            await whileItRuns?.()
            return read
          },
          { name: 'getProduct', tags: ['slow'] },
        )
        site.app.get('/call', async (c) => c.text(await load(c, {})))
        site.app.put('/', async (c) => {
          row = 'new'
          return c.json(await c.get('cache').clear(target))
        })
        whileItRuns = async () => site.app.request('/', { method: 'PUT' })
        expect((await site.get('/call')).body).toBe('old')
        whileItRuns = undefined
        expect(site.events.at(-1)).toMatchObject({ type: 'not-stored', reason: 'cleared' })
        expect((await site.get('/call')).body).toBe('new')
        expect((await site.get('/call')).body).toBe('new')
        expect(site.events.at(-1)).toMatchObject({ type: 'hit' })
      },
    )
  })

  test.each([
    ['throws', () => JSON.parse('secret'), 'tags threw SyntaxError'],
    ['gives a promise', async () => ['products'], 'tags gave a promise; it must answer at once'],
  ])('a function of tags that %s is told', async (_, tags, told) => {
    const site = serve(open(), { tags: tags as () => string[] })
    await site.call()
    expect(site.transcript()).toEqual([
      `bypass GET memoize getProduct {reason: configuration, detail: ${told}}`,
    ])
  })

  test.each([
    ['no tag where one is due', () => [undefined as unknown as string]],
    ['an empty tag', () => ['']],
    ['a hole in the array of them', () => Object.assign([] as string[], { 1: 'all' })],
    [
      'a function of tags that throws',
      () => {
        throw new RangeError('secret')
      },
    ],
  ])('%s: the function runs, and nothing is stored that nobody could clear', async (_, tags) => {
    const site = serve(open(), { tags })
    expect([await site.call(), await site.call()]).toEqual(['one', 'two'])
    expect(site.types()).toEqual(['bypass', 'bypass'])
    expect(site.transcript()[0]).not.toContain('secret')
    expect(JSON.stringify(site.events)).not.toContain('secret')
  })

  test.each([
    ['enabled: false', { enabled: false }],
    ['a switch that throws', { enabled: () => Number('x').toFixed(-1) === '' }],
  ])('%s: the function runs each time', async (_, options) => {
    const site = serve(open(options))
    expect([await site.call(), await site.call()]).toEqual(['one', 'two'])
    expect(site.events[0]).toMatchObject({ type: 'bypass', reason: 'disabled', route: 'memoize getProduct' })
  })
})

test('without redisCache() the function runs each time, with one warning and the same value', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const load = memoize(() => ({ at: new Date(0) }), { name: 'load' })
  const app = new Hono().get('/', async (c) => c.text(typeof (await load(c, {})).at))
  expect(await (await app.request('/')).text()).toBe('string')
  expect(await (await app.request('/')).text()).toBe('string')
  expect(warn.mock.calls).toEqual([
    ['hono-redis-cache: memoize(load) without redisCache() above it: nothing is cached'],
  ])
  warn.mockRestore()
})

test('without the Context it throws, and the function does not run with the arguments in its place', async () => {
  const load = vi.fn(({ id = '' }: { id?: string }) => id)
  const memoized = memoize(load, { name: 'load' }) as (args?: unknown) => Promise<unknown>
  for (const args of [{ id: '7' }, '7'])
    await expect(memoized(args)).rejects.toThrow('memoize(load): call it with the Context and the arguments')
  expect(load).not.toHaveBeenCalled()
})

test.each<[string, object, string]>([
  ['no name', {}, 'memoize(): name is needed; it is part of the key'],
  ['an unknown option', { name: 'a', ttl: 1 }, 'memoize(): there is no option "ttl"'],
  [
    'an expiry that is none',
    { name: 'a', expire: '1m' },
    'memoize(): expire must be a number of seconds, zero or more',
  ],
])('%s throws where it is written', (_, options, message) => {
  expect(() => memoize(() => 1, options as { name: string })).toThrow(message)
})
