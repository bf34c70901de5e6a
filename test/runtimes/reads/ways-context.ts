/** Reads of variables, of the platform's own objects, and of what a validator above has found. */
import { getConnInfo as onNode } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { getRuntimeKey } from 'hono/adapter'
import { getConnInfo as onWorkerd } from 'hono/cloudflare-workers'
import { contextStorage, getContext } from 'hono/context-storage'
import { validator } from 'hono/validator'
import type { Env, Way } from './ways.ts'

const VARIABLE = { outcome: ['reads-variable'] } as const
const USER = { outcome: 'stored', learned: ['var user'] } as const
const NOTHING = { outcome: 'stored', learned: [] } as const

// The modules of some need their runtime as soon as they are loaded.
const CONNECTIONS = {
  node: async () => onNode,
  workerd: async () => onWorkerd,
  deno: async () => (await import('hono/deno')).getConnInfo,
  bun: async () => (await import('hono/bun')).getConnInfo,
}

async function addressOf(c: Context): Promise<string | undefined> {
  const getConnInfo = await CONNECTIONS[getRuntimeKey() as keyof typeof CONNECTIONS]()
  return getConnInfo(c).remote.address
}

/** What a validator above makes of that part of the request. */
const validated = (target: 'query' | 'param' | 'header' | 'cookie', names: readonly string[]) => ({
  register: ((app, path, cached) => {
    const pick = (all: Record<string, unknown>) => Object.fromEntries(names.map((name) => [name, all[name]]))
    app.get(path, validator(target, pick as never), cached, (c) => c.json([c.req.valid(target as never)]))
  }) satisfies Way['register'],
})

export const contexts: Readonly<Record<string, Way>> = {
  'c.get(name)': { read: (c) => c.json([c.get('user')]), ...USER },
  'c.get, taken off': {
    read: (c) => {
      const { get } = c
      return c.json([get('user')])
    },
    ...USER,
  },
  'c.var.name': { read: (c) => c.json([c.var.user?.id]), ...USER },
  'c.var, taken apart': {
    read: (c) => {
      const { user } = c.var
      return c.json([user])
    },
    ...USER,
  },
  'whether a variable is in c.var': { read: (c) => c.json(['user' in c.var]), ...USER },
  'whether c.var has a variable of its own': { read: (c) => c.json([Object.hasOwn(c.var, 'user')]), ...USER },
  '{ ...c.var }': { read: (c) => c.json([{ ...c.var }.user]), ...VARIABLE },
  'Object.keys(c.var)': { read: (c) => c.json([Object.keys(c.var).includes('user')]), ...VARIABLE },
  'JSON.stringify(c.var.user)': { read: (c) => c.body(JSON.stringify([c.var.user])), ...USER },
  'a variable that is absent': {
    read: (c) => c.json([c.get('absent') ?? null]),
    outcome: 'stored',
    learned: ['var absent'],
  },
  'a variable that is no value': { read: (c) => c.json([String(c.get('client'))]), ...VARIABLE },
  'a dependency': { read: (c) => c.json([typeof c.get('db')]), ...NOTHING },
  'a variable of its own': {
    read: (c) => {
      c.set('mine', 'mine')
      return c.json([c.get('mine'), c.var.mine])
    },
    ...NOTHING,
  },
  'a variable that it changes then': {
    read: (c) => {
      const before = c.get('user')
      c.set('user', { id: 'changed' })
      return c.json([before, c.get('user')])
    },
    ...USER,
  },
  'something put on the Context itself': {
    read: (c) => c.json([(c as Context & { person?: string }).person]),
    ...VARIABLE,
  },
  'something put on c.req itself': {
    read: (c) => c.json([(c.req as Context['req'] & { person?: string }).person]),
    ...VARIABLE,
  },
  'getContext() of context-storage': {
    register(app, path, cached) {
      app.use(path, contextStorage())
      app.get(path, cached, (c) => c.json([getContext<Env>().var.user]))
    },
    ...USER,
  },
  'a cookie through getContext()': {
    register(app, path, cached) {
      app.use(path, contextStorage())
      app.get(path, cached, (c) => c.json([getContext().req.header('cookie')]))
    },
    outcome: ['reads-cookie'],
    anonymous: 'stored',
  },
  'getConnInfo of the adapter': {
    read: async (c) => c.json([await addressOf(c)]),
    // On workerd it is a header that Cloudflare sets.
    outcome: ['reads-env', 'stored'],
  },
  'c.req.valid(query)': { ...validated('query', ['fresh']), ...NOTHING },
  'c.req.valid(param)': { ...validated('param', ['id']), ...NOTHING },
  'c.req.valid(header)': { ...validated('header', ['accept-language']), outcome: ['reads-all-headers'] },
  'a member of c.req.valid(header)': {
    register(app, path, cached) {
      const headers = validator('header', (all) => all)
      app.get(path, headers, cached, (c) => c.json([c.req.valid('header')['accept-language']]))
    },
    outcome: 'stored',
    learned: ['header accept-language'],
  },
  'c.req.valid(cookie)': { ...validated('cookie', ['session']), outcome: ['reads-cookie'] },
}
