/**
 * Data of a validator above, which saw the request whole: what is not in the key may hold anything of the caller, in
 * any shape, and is given to the route as it is.
 */
import type { Context, MiddlewareHandler } from 'hono'
import { validator } from 'hono/validator'
import { describe, expect, test } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { openSite } from '../support/site.ts'
import { fakeDate } from '../support/stores.ts'
import { type Attempt, attempt, whoIs } from './attempt.ts'

fakeDate()

type Who = ReturnType<typeof whoIs>

const validating = (target: string, make: (who: Who, c: Context) => unknown) =>
  validator(target as 'header', (_, c) => make(whoIs(c), c) as object) as MiddlewareHandler

/** What the route takes of it: a text with the name in it. */
const reading = (target: string, read: (data: never) => unknown) => (c: Context) =>
  c.text(`for ${read(c.req.valid(target as never))}`)

class Person {
  readonly name: Who
  constructor(name: Who) {
    this.name = name
  }
}
class Secretive {
  readonly #name: Who
  constructor(name: Who) {
    this.#name = name
  }
  name() {
    return this.#name
  }
}
const NAME = Symbol('name')

/** What a validator makes of the person, and how a route reads it. */
const shapes: Readonly<Record<string, readonly [(who: Who) => unknown, (data: never) => unknown]>> = {
  'a text': [(who) => who, String],
  'a text or nothing': [(who) => (who === 'nobody' ? undefined : who), String],
  'a text or null': [(who) => (who === 'nobody' ? null : who), String],
  'a function': [(who) => () => who, (name: () => Who) => name()],
  'an instance of a class': [(who) => new Person(who), ({ name }: Person) => name],
  'an instance with a private member': [(who) => new Secretive(who), (person: Secretive) => person.name()],
  'a Map': [(who) => new Map([['name', who]]), (all: Map<string, Who>) => all.get('name')],
  'an object that inherits the name': [(who) => Object.create({ name: who }), ({ name }: Person) => name],
  'a symbol of some': [
    (who) => (who === 'nobody' ? {} : { [NAME]: who }),
    (all: { [NAME]?: Who }) => all[NAME],
  ],
  'null for a header that some do not send': [
    (who) => ({ session: who === 'nobody' ? null : who }),
    ({ session }: { session: unknown }) => session,
  ],
  'an own toString': [(who) => ({ toString: who }), (all: { toString: unknown }) => all.toString],
}

describe('the headers, of which a validator above has made', () => {
  test.each(Object.entries(shapes))('%s', async (_, [make, read]) => {
    const { cached, true: expected } = await attempt({
      above: validating('header', make),
      handler: reading('header', read),
    })
    expect(cached).toEqual(expected)
    expect(new Set(expected).size).toBeGreaterThan(1)
  })

  test('what can be cloned', async () => {
    const { cached, true: expected } = await attempt({
      above: validating('header', (who) => new Map([['name', who]])),
      handler: reading('header', (all: Map<string, Who>) => structuredClone(all).get('name')),
    })
    expect(cached).toEqual(expected)
  })
})

const attempts: Readonly<Record<string, Attempt>> = {
  'cookies of which a validator above has made nothing for some': {
    above: validating('cookie', (who) => (who === 'nobody' ? undefined : who)),
    handler: reading('cookie', String),
  },
  'the JSON of a request that has no body': {
    above: validating('json', (who) => ({ name: who })),
    handler: reading('json', ({ name }: Person) => name),
  },
  'the form of a request that has no body': {
    above: validating('form', (who) => ({ name: who })),
    handler: reading('form', ({ name }: Person) => name),
  },
  'data under a name of its own': {
    above: async (c, next) => {
      c.req.addValidatedData('session' as never, { name: whoIs(c) })
      await next()
    },
    handler: reading('session', ({ name }: Person) => name),
  },
  'data under a symbol': {
    above: async (c, next) => {
      c.req.addValidatedData(NAME as never, { name: whoIs(c) })
      await next()
    },
    handler: (c) => c.text(`for ${(c.req.valid(NAME as never) as Person).name}`),
  },
  'what c.req.valid() gives that middleware above has replaced': {
    above: async (c, next) => {
      const who = whoIs(c)
      Reflect.set(c.req, 'valid', () => ({ name: who }))
      await next()
    },
    handler: reading('query', ({ name }: Person) => name),
  },
  'what c.req.valid() gives that middleware above has defined': {
    above: async (c, next) => {
      const who = whoIs(c)
      const value = () => ({ name: who })
      Object.defineProperty(c.req, 'valid', { value, configurable: true })
      await next()
    },
    handler: reading('query', ({ name }: Person) => name),
  },
}

test.each(Object.entries(attempts))('%s', async (_, attempted) => {
  const { cached, true: expected } = await attempt(attempted)
  expect(cached).toEqual(expected)
  expect(new Set(expected).size).toBeGreaterThan(1)
})

test('cookies that a validator above has seen: the event says where it belongs, for the route has named them', async () => {
  const { site } = await attempt({
    options: { vary: { cookies: ['theme'] } },
    above: validating('cookie', (who) => ({ theme: who })),
    handler: reading('cookie', ({ theme }: { theme: string }) => theme),
  })
  expect(site.events.at(-1)).toMatchObject({
    reason: 'reads-cookie',
    detail:
      'the route reads cookies through a validator above cache(), which has seen all of them; put it below, ' +
      "and name the cookies it needs with vary: { cookies: ['name'] }",
  })
})

test('cookies that a validator below has seen are those of the key', async () => {
  const site = openSite({ store: memoryStore() })
  const themes = validator('cookie', (all) => all)
  site.app.get('/page', cache({ vary: { cookies: ['theme'] } }), themes, (c) =>
    c.text(`${c.req.valid('cookie').theme}`),
  )
  for (const outcome of [/stored$/, /^hit/])
    expect((await site.get('/page', { headers: { cookie: 'session=a; theme=dark' } })).cache).toMatch(outcome)
})

test('what c.req.addValidatedData() does that middleware above has replaced is done', async () => {
  const { cached, true: expected } = await attempt({
    above: async (c, next) => {
      const add = c.req.addValidatedData
      c.req.addValidatedData = (target, data) => add.call(c.req, target, { ...data, name: 'replaced' })
      await next()
    },
    handler: async (c) => {
      c.req.addValidatedData('query', { name: 'given' })
      return c.text((c.req.valid('query' as never) as { name: string }).name)
    },
  })
  expect(cached).toEqual(expected)
})

test('query, param, and a body in the key stay what they are: a page for all', async () => {
  for (const [method, target] of [
    ['GET', 'query'],
    ['GET', 'param'],
    ['POST', 'json'],
    ['POST', 'form'],
  ] as const) {
    const { site } = await attempt({
      method,
      options: { methods: [method] },
      above: validating(target, () => ({ page: 1 })),
      handler: reading(target, ({ page }: { page: number }) => page),
    })
    expect(site.transcript().filter((line) => line.startsWith('hit'))).toHaveLength(4)
  }
})
