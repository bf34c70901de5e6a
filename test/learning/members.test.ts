/**
 * A route that declares members of a variable, `vary: { vars: ['user.role'] }`, and reads more of it than that: what it
 * reads besides is an input, too, or one person would get what was made for another of the same role.
 */

import { type Context, Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { cache, memoryStore, type RedisCacheOptions, redisCache } from '../../src/index.ts'

type User = { id: string; role: string; name: string; team: { id: string; name: string } }
type Env = { Variables: { user: User } }

const people: Record<string, User> = {
  ann: { id: '1', role: 'editor', name: 'Ann', team: { id: 't', name: 'Red' } },
  bob: { id: '2', role: 'editor', name: 'Bob', team: { id: 't', name: 'Blue' } },
}

function site(
  vars: string[],
  handler: (user: User, c: Context<Env>) => unknown,
  userOf = (who: string): User => structuredClone(people[who]!),
  onEvent: NonNullable<RedisCacheOptions['onEvent']> = () => {},
) {
  const pending: Promise<unknown>[] = []
  const app = new Hono<Env>()
  app.use(redisCache({ store: memoryStore(), waitUntil: (promise) => void pending.push(promise), onEvent }))
  app.use(async (c, next) => {
    c.set('user', userOf(c.req.query('as')!))
    await next()
  })
  app.get('/', cache({ query: false, vary: { vars } }), async (c) =>
    c.json((await handler(c.get('user'), c)) as object),
  )
  return async (who: string) => {
    const response = await app.request(`/?as=${who}`)
    await Promise.all(pending)
    return { body: await response.json(), hit: response.headers.get('cache-status')!.includes('hit') }
  }
}

describe('a route that declares user.role', () => {
  it('is shared by all of a role while it reads no more than that', async () => {
    const get = site(['user.role'], (user) => ({ for: user.role }))
    await get('ann')
    expect(await get('bob')).toEqual({ body: { for: 'editor' }, hit: true })
  })

  it('is given the same object each time, which it may compare and keep something by', async () => {
    const get = site(['user.role', 'user.team.id'], (user, c) => {
      const kept = new WeakMap([
        [user, 'user'],
        [user.team, 'team'],
      ])
      return [c.get('user') === user, kept.get(c.var.user), kept.get(c.get('user').team)]
    })
    expect(await get('ann')).toEqual({ body: [true, 'user', 'team'], hit: false })
    expect((await get('bob')).hit).toBe(true)
  })

  it('is given what the route itself has put in the place of a member', async () => {
    const get = site(['user.team.id'], (user) => {
      const before = user.team.id
      user.team = { id: 'own', name: 'Own' }
      return [before, user.team.id]
    })
    expect((await get('ann')).body).toEqual(['t', 'own'])
  })

  it.each([
    ['reads another member', (user: User) => ({ for: user.name })],
    [
      'asks whether there is another',
      (user: User) => ({ has: 'id' in user, id: Object.hasOwn(user, 'id') && user.id }),
    ],
    ['gives out the whole', (user: User) => user],
    ['spreads it', (user: User) => ({ ...user })],
    ['takes it apart', ({ role, ...rest }: User) => ({ role, rest })],
    ['lists its values', (user: User) => Object.values(user)],
    ['reads below another member', (user: User) => ({ team: user.team.name })],
  ])("never gives one person another's answer when it %s", async (_, handler) => {
    const get = site(['user.role'], handler)
    const answers = { ann: await get('ann'), bob: await get('bob'), again: await get('ann') }
    expect(answers.bob.body).toEqual(JSON.parse(JSON.stringify(handler(people.bob!))))
    expect(answers.bob.hit).toBe(false)
    expect(answers.again.hit).toBe(true)
  })

  it('watches below a path as well', async () => {
    const shared = site(['user.team.id'], (user) => ({ team: user.team.id }))
    await shared('ann')
    expect((await shared('bob')).hit).toBe(true)

    const own = site(['user.team.id'], (user) => ({ team: user.team.name }))
    await own('ann')
    expect((await own('bob')).body).toEqual({ team: 'Blue' })
  })

  it("never gives one person another's answer when it reads another member through c.var", async () => {
    const read = (_: User, c: Context<Env>) => ({ for: c.var.user.name })
    const get = site(['user.role'], read)
    await get('ann')
    expect((await get('bob')).body).toEqual({ for: 'Bob' })
  })

  it('is shared where it reads that through c.var', async () => {
    const get = site(['user.role'], (_, c) => ({ for: c.var.user.role }))
    await get('ann')
    expect((await get('bob')).hit).toBe(true)
  })

  it.each(['constructor', 'toString', 'valueOf'])(
    "never gives one person another's member named %s, as every object has one",
    async (name) => {
      const get = site(
        ['user.role'],
        (user) => ({ for: user[name as 'name'] }),
        (who) => ({ ...people[who]!, [name]: people[who]!.name }),
      )
      await get('ann')
      expect((await get('bob')).body).toEqual({ for: 'Bob' })
    },
  )

  it("never gives one person what another's lack of a symbol makes", async () => {
    const secret = Symbol('secret')
    const get = site(
      ['user.role'],
      (user) => ({ for: (user as unknown as Record<symbol, string>)[secret] ?? 'nobody' }),
      (who) => (who === 'ann' ? people.ann! : ({ ...people.bob!, [secret]: 'Bob' } as User)),
    )
    await get('ann')
    expect((await get('bob')).body).toEqual({ for: 'Bob' })
  })
})

describe('a variable that is no plain tree as a whole', () => {
  const withMore = (who: string, more: object) => ({ ...people[who]!, ...more }) as User

  it.each<[string, object]>([
    ['a date', { since: new Date(0) }],
    ['a method', { save() {} }],
    ['a member under a symbol', { [Symbol('secret')]: 1 }],
  ])("never gives one person another's name beside %s", async (_, more) => {
    const get = site(
      ['user.role'],
      (user) => ({ for: user.name }),
      (who) => withMore(who, more),
    )
    await get('ann')
    expect(await get('bob')).toEqual({ body: { for: 'Bob' }, hit: false })
  })

  it('is shared while the route reads what it declares', async () => {
    const get = site(
      ['user.role', 'user.team.id'],
      (user) => ({ for: [user.role, user.team.id] }),
      (who) => withMore(who, { since: new Date(0) }),
    )
    await get('ann')
    expect((await get('bob')).hit).toBe(true)
  })

  it("never gives one person another's name beside what a declared member's getter gives", async () => {
    const get = site(
      ['user.team.id'],
      (user) => ({ for: Object.getOwnPropertyDescriptor(user, 'team')?.get?.call(user).name }),
      (who) => Object.defineProperty(withMore(who, {}), 'team', { get: () => people[who]!.team }),
    )
    await get('ann')
    expect(await get('bob')).toEqual({ body: { for: 'Blue' }, hit: false })
  })

  it("never gives one person another's name beside what a declared member's descriptor gives", async () => {
    const get = site(
      ['user.team.id'],
      (user) => ({ for: Object.getOwnPropertyDescriptor(user, 'team')?.value.name }),
      (who) => withMore(who, { since: new Date(0) }),
    )
    await get('ann')
    expect(await get('bob')).toEqual({ body: { for: 'Blue' }, hit: false })
  })

  it.each<[string, (user: User) => boolean]>([
    ['in', (user) => 'role' in user],
    ['its descriptor', (user) => Object.hasOwn(user, 'role')],
    // biome-ignore lint/suspicious/noPrototypeBuiltins: a method that every object has
    ['a method of every object', (user) => user.hasOwnProperty('role')],
  ])('is shared while the route asks for what it declares by %s', async (_, has) => {
    const get = site(
      ['user.role'],
      (user) => ({ has: has(user) }),
      (who) => withMore(who, { since: new Date(0) }),
    )
    await get('ann')
    expect((await get('bob')).hit).toBe(true)
  })

  it('is given as it is where it is an instance of a class', async () => {
    class Team {
      readonly id = 't'
      readonly #label = 'team'
      label() {
        return this.#label
      }
    }
    const get = site(
      ['user.team.id'],
      (user) => ({ for: (user.team as unknown as Team).label() }),
      (who) => withMore(who, { team: new Team() }),
    )
    await get('ann')
    expect(await get('bob')).toEqual({ body: { for: 'team' }, hit: true })
  })
})

describe('the event of a route that reads more than it declares, of a variable that is no plain tree', () => {
  type Event = { type: string; detail?: string }
  async function detailOf(vars: string[], handler: Parameters<typeof site>[1]) {
    const events: Event[] = []
    const more = { since: new Date(0), team: { id: 't', name: 'Red', led: new Date(0) } }
    const get = site(
      vars,
      handler,
      (who) => ({ ...people[who]!, ...more }),
      (event) => events.push(event),
    )
    expect((await get('ann')).hit).toBe(false)
    return events.find(({ type }) => type === 'not-stored')?.detail
  }

  it.each<[string, string[], Parameters<typeof site>[1], string]>([
    [
      'one member: the line to add, with what is declared already',
      ['user.id', 'user.role'],
      (user) => ({ for: user.name }),
      "the route reads user.name, which no key covers; name it as well with vary: { vars: ['user.id', 'user.role', 'user.name'] }",
    ],
    [
      'one below a declared path',
      ['user.team.id'],
      (user) => ({ for: user.team.name }),
      "the route reads user.team.name, which no key covers; name it as well with vary: { vars: ['user.team.id', 'user.team.name'] }",
    ],
    [
      'one that is no plain value',
      ['user.id'],
      (user) => ({ since: (user as unknown as { since: Date }).since }),
      'the route reads user.since, which is no plain value; set what the route needs of it as a variable above',
    ],
    [
      'all',
      ['user.id'],
      (user) => ({ user }),
      'the route reads all of the variable user, which is no plain value; read single members of it',
    ],
    [
      'what it awaits',
      ['user.id'],
      async (user) => ({ for: (await user).id }),
      'the route awaits the variable user, or gives it from an async function, which reads all of it; ' +
        "read its members where c.get('user') gives it",
    ],
  ])('%s', async (_, vars, handler, detail) => {
    expect(await detailOf(vars, handler)).toBe(detail)
  })
})

describe('a variable that is frozen', () => {
  const frozen = (who: string): User => {
    const user = structuredClone(people[who]!)
    return Object.freeze({ ...user, team: Object.freeze(user.team) })
  }

  it('is given as it is where a member below a member is declared, and is an input then', async () => {
    const get = site(['user.team.id'], (user) => ({ team: user.team.name }), frozen)
    const answers = { ann: await get('ann'), bob: await get('bob'), again: await get('ann') }
    expect(answers).toEqual({
      ann: { body: { team: 'Red' }, hit: false },
      bob: { body: { team: 'Blue' }, hit: false },
      again: { body: { team: 'Red' }, hit: true },
    })
  })

  it('is given as it is, and is no input, where that member is an instance of a class', async () => {
    class Team {
      readonly id = 't'
      readonly name = 'Red'
    }
    const withClass = (who: string) => Object.freeze({ ...people[who]!, team: new Team() })
    const get = site(['user.team.id'], (user) => ({ team: user.team.name }), withClass)
    await get('ann')
    expect((await get('bob')).hit).toBe(true)
  })

  it('is watched like any other where it holds the declared member itself', async () => {
    const shared = site(['user.role'], (user) => ({ for: user.role }), frozen)
    await shared('ann')
    expect((await shared('bob')).hit).toBe(true)
  })
})
