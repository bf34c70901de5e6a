/** The request handed on whole, read member by member, or replaced. */
import { proxy } from 'hono/proxy'
import { cloneRawRequest } from 'hono/request'
import type { Way } from './ways.ts'

/** Whether a native asks for all headers or copies from inside is the runtime's own affair. */
const WHOLE = { outcome: ['reads-raw-request', 'reads-all-headers'] } as const

const SPREAD = { outcome: [...WHOLE.outcome, 'reads-variable'] } as const

const tell = ({ headers }: Request) =>
  Response.json(['cookie', 'authorization', 'accept-language', 'x-tenant'].map((name) => headers.get(name)))

export const requests: Readonly<Record<string, Way>> = {
  'new Request(raw)': { read: (c) => tell(new Request(c.req.raw)), ...WHOLE },
  'new Request(url, raw)': { read: (c) => tell(new Request('http://else.test/', c.req.raw)), ...WHOLE },
  'raw.clone()': { read: (c) => tell(c.req.raw.clone()), ...WHOLE },
  'raw kept, its URL read, then handed on': {
    read: (c) => {
      const { raw } = c.req
      const url = new URL(raw.url)
      url.pathname = '/else'
      return tell(new Request(url, raw))
    },
    ...WHOLE,
  },
  'raw kept, its method read, then copied': {
    read: (c) => {
      const { raw } = c.req
      return raw.method === 'GET' ? tell(new Request(raw)) : c.text('')
    },
    ...WHOLE,
  },
  // Credentials, and what is no header of every browser, are in the key all the same.
  'raw kept, a header read, then handed on': {
    read: (c) => {
      const { raw } = c.req
      raw.headers.get('x-unrelated')
      const { headers } = new Request(raw)
      return c.json(['cookie', 'authorization', 'x-tenant'].map((name) => headers.get(name)))
    },
    outcome: ['reads-raw-request', 'reads-all-headers'],
    anonymous: ['stored', 'reads-all-headers'],
  },
  // Where the platform's own fetch does not know the adapter's Request, it throws.
  'fetch(raw)': {
    read: async (c) => c.body(await (await fetch(c.req.raw)).text()),
    outcome: [...WHOLE.outcome, 'error'],
  },
  'fetch(url, raw)': {
    read: async (c) => c.body(await (await fetch(`${new URL(c.req.url).origin}/else`, c.req.raw)).text()),
    ...WHOLE,
  },
  'fetch(url, { headers })': {
    read: async (c) => {
      const { headers } = c.req.raw
      return c.body(await (await fetch(`${new URL(c.req.url).origin}/else`, { headers })).text())
    },
    ...WHOLE,
  },
  'proxy(url, { ...c.req })': {
    read: async (c) => c.body(await (await proxy(`${new URL(c.req.url).origin}/else`, { ...c.req })).text()),
    ...SPREAD,
  },
  'proxy(url, { headers: c.req.header() })': {
    read: async (c) => {
      const headers = { ...c.req.header(), authorization: undefined }
      return c.body(await (await proxy(`${new URL(c.req.url).origin}/else`, { headers })).text())
    },
    ...WHOLE,
  },
  'proxy(url)': {
    read: async (c) => c.body(await (await proxy(`${new URL(c.req.url).origin}/else`)).text()),
    outcome: 'stored',
    learned: [],
  },
  // Which brings along what middleware above has put there.
  '{ ...c.req }': { read: (c) => tell({ ...c.req }.raw), ...SPREAD },
  'cloneRawRequest(c.req)': { read: async (c) => tell(await cloneRawRequest(c.req)), ...WHOLE },
  'raw put in a variable of its own': {
    read: (c) => {
      c.set('client', c.req.raw)
      return tell(new Request(c.get('client') as Request))
    },
    ...WHOLE,
  },
  'raw replaced by the handler': {
    read: (c) => {
      c.req.raw = new Request(c.req.raw, { headers: { 'x-tenant': 'replaced' } })
      return c.json([c.req.header('x-tenant'), c.req.raw.headers.get('x-tenant')])
    },
    ...WHOLE,
  },
  'raw replaced by one of its own making': {
    read: (c) => {
      c.req.raw = new Request(c.req.url, { headers: { 'x-tenant': 'replaced' } })
      return c.json([c.req.raw.headers.get('x-tenant'), c.req.raw.headers.get('cookie')])
    },
    outcome: 'stored',
    learned: [],
  },
  'raw.signal': {
    read: (c) => c.json([c.req.raw.signal.aborted]),
    outcome: ['reads-raw-request'],
    anonymous: 'stored',
    learned: ['anonymous'],
  },
  'raw.url alone': { read: (c) => c.json([c.req.raw.url.length]), ...WHOLE },
  'a member that nobody knows': {
    read: (c) => c.json([(c.req.raw as Request & { user?: string }).user]),
    ...WHOLE,
  },
  'raw.cf': {
    read: (c) => c.json([typeof (c.req.raw as Request & { cf?: unknown }).cf]),
    outcome: ['reads-cf', 'reads-raw-request'],
  },
  'raw.cf taken apart': {
    read: (c) => {
      const { cf } = c.req.raw as Request & { cf?: unknown }
      return c.json([typeof cf])
    },
    outcome: ['reads-cf', 'reads-raw-request'],
  },
}
