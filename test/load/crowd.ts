/** Requests that come while another one's handler is at work. */
import type { Context } from 'hono'
import { type CacheOptions, cache } from '../../src/index.ts'
import { type Gate, gate, until } from '../support/gate.ts'
import { type Answer, counter, read, type Site } from '../support/site.ts'
import type { Open } from '../support/stores.ts'

export interface Crowded extends Site {
  /** How often the handler was called. */
  runs(): number
  /** What the first handler waits at. */
  readonly gate: Gate
  /** A new gate, which all handlers from now on wait at. */
  again(): Gate
  /** Sends the first request, and resolves once its handler is at work. */
  lead(init?: RequestInit): Promise<{ readonly answer: Promise<Answer> }>
  /** Sends requests, and resolves once each of them has been looked up. */
  follow(...inits: (RequestInit | undefined)[]): Promise<{ readonly answers: Promise<Answer[]> }>
}

/** `/page` answers with how often it was asked: the first time slowly, then at once. */
export function crowd(
  site: Site,
  options: CacheOptions = {},
  respond: (c: Context, body: string) => Response | Promise<Response> = (c, body) => c.text(body),
): Crowded {
  const made = counter()
  let slow = gate()
  const first = slow
  let all = false
  let runs = 0
  site.app.onError((error, c) => c.text(`failed: ${error.message}`, 500))
  site.app.get('/page', cache(options), async (c) => {
    runs++
    const body = made()
    if (body === 'one' || all) await slow.pass()
    return respond(c, body)
  })
  const ask = async (init?: RequestInit) => read(await site.fetch('/page', init))
  const misses = () => site.events.filter(({ type }) => type === 'miss').length
  return {
    ...site,
    gate: first,
    again() {
      slow = gate()
      all = true
      return slow
    },
    runs: () => runs,
    async lead(init) {
      const answer = ask(init)
      await slow.arrived
      return { answer }
    },
    async follow(...inits) {
      const before = misses()
      const answers = Promise.all(inits.map(ask))
      await until(() => misses() >= before + inits.length)
      return { answers }
    },
  }
}

/** The same request so many times. */
export const times = (count: number, init?: RequestInit): (RequestInit | undefined)[] =>
  Array.from({ length: count }, () => init)

/** The same store as another isolate has it: a connection, and a memory, of its own. */
export function elsewhere(site: Site, open: Open): Site {
  const { onEvent: _event, waitUntil: _wait, ...where } = site.options
  return open({ ...where, timeout: 4_999 })
}
