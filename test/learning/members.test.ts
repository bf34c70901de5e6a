/**
 * A route that declares members of a variable, `vary: { vars: ['user.role'] }`, and reads more of it than that: what it
 * reads besides is an input, too, or one person would get what was made for another of the same role.
 */

import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import { cache, memoryStore, redisCache } from '../../src/index.ts'

type User = { id: string; role: string; name: string; team: { id: string; name: string } }
type Env = { Variables: { user: User } }

const people: Record<string, User> = {
  ann: { id: '1', role: 'editor', name: 'Ann', team: { id: 't', name: 'Red' } },
  bob: { id: '2', role: 'editor', name: 'Bob', team: { id: 't', name: 'Blue' } },
}

function site(vars: string[], handler: (user: User) => unknown) {
  const pending: Promise<unknown>[] = []
  const app = new Hono<Env>()
  app.use(redisCache({ store: memoryStore(), waitUntil: (promise) => void pending.push(promise) }))
  app.use(async (c, next) => {
    c.set('user', structuredClone(people[c.req.query('as')!]!))
    await next()
  })
  app.get('/', cache({ query: false, vary: { vars } }), (c) => c.json(handler(c.get('user')) as object))
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
})
