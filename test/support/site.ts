/**
 * An app with `redisCache()` in it, as its users write one, and what a test wants to know of it: the answers, with the
 * work behind them awaited, and every event as one line of a transcript.
 */
import { Hono } from 'hono'
import type { CacheEvent, CacheHandle, RedisCacheOptions } from '../../src/index.ts'
import { redisCache } from '../../src/index.ts'

/** An answer that has been read to its end. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** The Cache-Status field, without the name of this cache. */
  readonly cache: string | null
}

export interface Site {
  readonly app: Hono
  /** What its `redisCache()` was given; for apps that want one of their own on the same store. */
  readonly options: RedisCacheOptions
  readonly events: CacheEvent[]
  /** The answer as it comes: unread, and the work behind it under way. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** The answer read, and the work behind it done. */
  get(path: string, init?: RequestInit): Promise<Answer>
  /** Waits for the work behind the answers. */
  settle(): Promise<void>
  /** What `c.get('cache').clear(…)` says in a request of its own, on the same store. */
  clear(...target: Parameters<CacheHandle['clear']>): Promise<boolean>
  /** The events since the last call, one line each. */
  transcript(): string[]
}

export function openSite(options: RedisCacheOptions): Site {
  const pending: Promise<unknown>[] = []
  const events: CacheEvent[] = []
  let told = 0
  const all: RedisCacheOptions = {
    waitUntil: (promise) => void pending.push(promise),
    onEvent: (event) => void events.push(event),
    ...options,
  }
  const app = new Hono()
  app.use(redisCache(all))

  const site: Site = {
    app,
    options: all,
    events,
    fetch: async (path, init) => app.request(path, init),
    async get(path, init) {
      const answer = await read(await site.fetch(path, init))
      await site.settle()
      return answer
    },
    async settle() {
      while (pending.length > 0) await Promise.all(pending.splice(0))
    },
    async clear(...target) {
      let confirmed: boolean | undefined
      const clearing = new Hono().use(redisCache(all)).post('/clear', async (c) => {
        confirmed = await c.get('cache').clear(...target)
        return c.body(null, 204)
      })
      clearing.onError((error) => {
        throw error
      })
      await clearing.request('/clear', { method: 'POST' })
      return confirmed as boolean
    },
    transcript() {
      const lines = events
        .slice(told)
        .filter(({ type }) => type !== 'handled')
        .map(lineOf)
      told = events.length
      return lines
    },
  }
  return site
}

export async function read(response: Response): Promise<Answer> {
  const { status, headers } = response
  const body = await response.text()
  return {
    status,
    headers,
    body,
    cache: headers.get('cache-status')?.replaceAll('hono-redis-cache; ', '') ?? null,
  }
}

/** `stored GET /p/:id {seconds: 60}`; without the key and the size, which hold what differs between set-ups. */
export function lineOf({ type, method, route, ...rest }: CacheEvent): string {
  const {
    namespace: _namespace,
    key: _key,
    size: _size,
    milliseconds: _time,
    ...about
  } = rest as Record<string, unknown>
  const details = Object.entries(about).map(([name, value]) => `${name}: ${String(value)}`)
  return [type, method, route, details.length > 0 ? `{${details.join(', ')}}` : ''].filter(Boolean).join(' ')
}

/** A handler's way to show how often it ran: `one`, `two`, … */
export function counter(): () => string {
  const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
  let count = 0
  return () => names[count++] ?? String(count)
}
