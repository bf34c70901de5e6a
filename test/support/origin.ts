/**
 * A handler that speaks HTTP itself, behind `cache({ policy: 'standard' })`: what it answers is written down as a list,
 * the last of which repeats, and what it was asked is kept.
 */
import { type CacheOptions, cache } from '../../src/index.ts'
import { counter, type Site } from './site.ts'
import { NOON } from './stores.ts'

/** One answer of the origin; its body, where none is given, says how often the origin was asked: `one`, `two`, … */
export interface Reply {
  readonly status?: number
  readonly headers?: HeadersInit
  readonly body?: BodyInit | null
  /** Thrown in place of an answer. */
  readonly error?: Error
}

export interface Origin extends Site {
  /** What the origin was asked, in order. */
  readonly asked: Request[]
}

export const fresh = (seconds: number, more = ''): Record<string, string> => ({
  'cache-control': `max-age=${seconds}${more}`,
})

/** An HTTP date, in seconds from the noon at which every story begins. */
export const at = (seconds: number): string => new Date(NOON.getTime() + seconds * 1000).toUTCString()

export function originAt(site: Site, replies: readonly Reply[], options: CacheOptions = {}): Origin {
  const asked: Request[] = []
  const made = counter()
  // Hono's own writes the error to the console.
  site.app.onError((_, c) => c.text('failed', 500))
  // It hands its request on whole, which the safe policy would take for reading all of it.
  const autoVary = options.policy === 'safe' ? { autoVary: false } : {}
  site.app.all('*', cache({ policy: 'standard', ...autoVary, ...options }), (c) => {
    const { status = 200, headers = {}, body, error } = replies[Math.min(asked.length, replies.length - 1)]!
    asked.push(new Request(c.req.raw))
    if (error) throw error
    const name = made()
    return new Response(body === undefined && ![204, 304].includes(status) ? name : (body ?? null), {
      status,
      headers,
    })
  })
  return { ...site, asked }
}
