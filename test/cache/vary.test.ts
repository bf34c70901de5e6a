/** `vary` and `exclude`: what else is part of the key, and what cannot be. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter } from '../support/site.ts'
import { onBothStores } from '../support/stores.ts'

class Database {
  readonly rows = 1
}

/** Variables set above, as an app's own middleware does. */
const NO_VALUES: Record<string, unknown> = {}

onBothStores('vary', (open) => {
  /** A page behind middleware that sets these variables, whatever their types. */
  function siteWith(values: Record<string, unknown>, vars: string[], exclude: string[] = []) {
    const site = open({ exclude })
    const current = { values }
    const made = counter()
    site.app.use(async (c, next) => {
      for (const [name, value] of Object.entries(current.values)) c.set(name as never, value as never)
      await next()
    })
    site.app.get('/page', cache({ vary: { vars } }), (c) => c.text(made()))
    return {
      ...site,
      get: (values: Record<string, unknown>) => {
        current.values = values
        return site.get('/page')
      },
    }
  }

  test('a header makes a key of its own for every value, and no other header does', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ vary: ['X-Tenant'] }), (c) => c.text(made()))
    const get = (headers: HeadersInit) => site.get('/page', { headers })
    expect((await get({ 'x-tenant': 'a' })).body).toBe('one')
    expect((await get({ 'x-tenant': 'b' })).body).toBe('two')
    expect((await get({})).body).toBe('three')
    expect(await get({ 'X-TENANT': 'a', 'x-other': '1' })).toMatchObject({
      body: 'one',
      cache: 'hit; ttl=60',
    })
  })

  test('a cookie makes a key of its own for every value, also where it is empty or absent, and no other cookie does', async () => {
    const site = open()
    site.app.get('/page', cache({ vary: { cookies: ['theme'] } }), (c) =>
      c.text(`for ${c.req.header('cookie') ?? 'nobody'}`),
    )
    const get = (cookie?: string) => site.get('/page', cookie === undefined ? {} : { headers: { cookie } })
    const asked = [
      ['theme=dark; session=1', 'theme=dark'],
      ['theme=light; session=1', 'theme=light'],
      ['theme=', 'theme='],
      ['session=1', 'nobody'],
      ['theme=dark; theme=light', 'theme=dark; theme=light'],
    ] as const
    for (const [cookie, seen] of asked)
      expect(await get(cookie), cookie).toMatchObject({ body: `for ${seen}`, cache: 'fwd=uri-miss; stored' })
    for (const [cookie, seen] of asked)
      expect(await get(cookie), cookie).toMatchObject({ body: `for ${seen}`, cache: 'hit; ttl=60' })
    expect(await get('session=2; theme=dark')).toMatchObject({ body: 'for theme=dark', cache: 'hit; ttl=60' })
    expect(await get()).toMatchObject({ body: 'for nobody', cache: 'hit; ttl=60' })
  })

  test('a header that is read beside declared cookies is learned, as without them', async () => {
    const site = open()
    site.app.get('/page', cache({ vary: { cookies: ['theme'] } }), (c) =>
      c.text(`${c.req.header('cookie')} ${c.req.header('x-user')}`),
    )
    for (const user of ['ann', 'bob']) {
      const headers = { cookie: 'theme=dark', 'x-user': user }
      expect((await site.get('/page', { headers })).body).toBe(`theme=dark ${user}`)
    }
  })

  test('what is declared is not learned besides, whoever reads it or names it in Vary', async () => {
    const site = open()
    const learned: unknown[] = []
    site.app.use(async (c, next) => {
      c.set('user' as never, 'ann' as never)
      await next()
      learned.push(c.get('cache').explain().inputs.learned)
    })
    site.app.get('/page', cache({ vary: { headers: ['x-tenant'], vars: ['user'] } }), (c) =>
      c.json([c.req.header('x-tenant'), c.get('user' as never)], 200, { vary: 'X-Tenant' }),
    )
    for (const cache of ['fwd=uri-miss; stored', 'hit; ttl=60'])
      expect(await site.get('/page')).toMatchObject({ cache })
    expect(learned).toEqual([[], []])
  })

  test('a variable makes a key of its own for every value, and for every order of its members', async () => {
    const site = siteWith(NO_VALUES, ['user', 'plan'])
    expect((await site.get({ user: { id: 1, roles: ['a'] }, plan: 'free' })).body).toBe('one')
    expect((await site.get({ user: { id: 2, roles: ['a'] }, plan: 'free' })).body).toBe('two')
    expect((await site.get({ user: { id: 1, roles: ['a'] }, plan: 'paid' })).body).toBe('three')
    expect((await site.get({ user: { roles: ['a'], id: 1 }, plan: 'free' })).body).toBe('four')
    const same = await site.get({ user: { id: 1, roles: ['a'] }, plan: 'free' })
    expect(same).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })

  test('what one version of a route stored for one of them is not for the same value of another', async () => {
    const site = open()
    const made = counter()
    const versions = (['headers', 'cookies', 'vars'] as const).flatMap((kind) =>
      ['a', 'b'].map((name) => cache({ vary: { [kind]: [name] } })),
    )
    site.app.use(async (c, next) => {
      for (const name of ['a', 'b']) c.set(name as never, 'same' as never)
      await next()
    })
    let version = 0
    site.app.get(
      '/page',
      (c, next) => versions[version]!(c, next),
      (c) => c.text(made()),
    )
    const headers = { a: 'same', b: 'same', cookie: 'a=same; b=same' }
    for (const body of ['one', 'two', 'three', 'four', 'five', 'six']) {
      expect(await site.get('/page', { headers })).toMatchObject({ body, cache: 'fwd=uri-miss; stored' })
      expect(await site.get('/page', { headers })).toMatchObject({ body, cache: 'hit; ttl=60' })
      version++
    }
  })

  test('1 and "1" are two values', async () => {
    const site = siteWith(NO_VALUES, ['user'])
    expect((await site.get({ user: 1 })).body).toBe('one')
    expect((await site.get({ user: '1' })).body).toBe('two')
  })

  test('a member of a variable can be named, so that the rest need not be plain', async () => {
    const site = siteWith(NO_VALUES, ['user.id'])
    expect((await site.get({ user: { id: 1, db: new Database() } })).body).toBe('one')
    expect((await site.get({ user: { id: 2, db: new Database() } })).body).toBe('two')
    expect((await site.get({ user: { id: 1, db: null } })).body).toBe('one')
  })

  test("an accessor of the variable's class can be named, as models have them", async () => {
    class User {
      readonly #id: number
      constructor(id: number) {
        this.#id = id
      }
      get id() {
        return this.#id
      }
    }
    const site = siteWith(NO_VALUES, ['user.id'])
    expect((await site.get({ user: new User(1) })).body).toBe('one')
    expect((await site.get({ user: new User(2) })).body).toBe('two')
    expect(await site.get({ user: new User(1) })).toMatchObject({ body: 'one', cache: 'hit; ttl=60' })
  })

  test.each(['constructor', 'toString', '__proto__'])(
    '%s of it cannot, which every object has',
    async (name) => {
      const site = siteWith(NO_VALUES, [`user.${name}`])
      expect((await site.get({ user: { id: 1 } })).cache).toBe('fwd=bypass; detail=variable')
      expect(site.events[0]).toMatchObject({
        detail: expect.stringContaining(`the variable user.${name} has no value`),
      })
    },
  )

  test.each([
    ['a class instance', new Database()],
    ['a function', () => 1],
    ['a Date', new Date(0)],
    ['a plain object that holds one', { db: new Database() }],
    ['a symbol', Symbol('x')],
  ])('%s cannot be part of a key: the request goes past, and the event names it', async (_, db) => {
    const site = siteWith(NO_VALUES, ['db'])
    expect(await site.get({ db })).toMatchObject({ body: 'one', cache: 'fwd=bypass; detail=variable' })
    expect((await site.get({ db })).body).toBe('two')
    expect(site.events[0]).toMatchObject({
      type: 'bypass',
      reason: 'variable',
      detail:
        'vary.vars names the variable db, which is no plain value; if it is a dependency, the same for every caller, ' +
        "leave it out with redisCache({ exclude: ['db'] }), else key on plain members of it with vary: { vars: ['db.id'] }, " +
        'or set a plain copy of what the route needs above cache()',
    })
  })

  test('one that throws when it is read goes past, and the event names it', async () => {
    const site = siteWith(NO_VALUES, ['session.data'])
    const session = {
      get data(): unknown {
        throw new Error('canary: it is not loaded yet')
      },
    }
    expect(await site.get({ session })).toMatchObject({ body: 'one', cache: 'fwd=bypass; detail=variable' })
    expect(site.events[0]).toMatchObject({
      reason: 'variable',
      detail: 'the variable session.data, when it was read, threw Error',
    })
  })

  test('one that the route was seen to read, and that is no plain value for another, goes past with the remedy', async () => {
    const site = open()
    const users = [null, { since: new Date(0) }]
    site.app.use(async (c, next) => {
      c.set('user' as never, users.shift() as never)
      await next()
    })
    site.app.get('/page', cache(), (c) => c.text(c.get('user' as never) ? 'somebody' : 'nobody'))
    expect(await site.get('/page')).toMatchObject({ body: 'nobody', cache: 'fwd=uri-miss; stored' })
    expect(await site.get('/page')).toMatchObject({
      body: 'somebody',
      cache: 'fwd=bypass; detail=variable',
    })
    expect(site.events.at(-1)).toMatchObject({
      detail:
        'the route reads the variable user, which is no plain value; if it is a dependency, the same for every caller, ' +
        "leave it out with redisCache({ exclude: ['user'] }), else key on plain members of it with vary: { vars: ['user.id'] }, " +
        'or set a plain copy of what the route needs above cache()',
    })
  })

  test('in exclude it is a dependency, and left out', async () => {
    const site = siteWith(NO_VALUES, ['db', 'user'], ['db'])
    expect((await site.get({ db: new Database(), user: 1 })).body).toBe('one')
    expect(await site.get({ db: new Database(), user: 1 })).toMatchObject({
      body: 'one',
      cache: 'hit; ttl=60',
    })
    expect((await site.get({ db: new Database(), user: 2 })).body).toBe('two')
  })

  test('one that is missing goes past the cache: nobody may share the key of nobody', async () => {
    const site = siteWith(NO_VALUES, ['user'])
    expect((await site.get({})).cache).toBe('fwd=bypass; detail=variable')
    expect(site.events[0]).toMatchObject({
      detail: expect.stringContaining('the variable user has no value'),
    })
  })
})
