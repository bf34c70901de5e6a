/**
 * An origin whose resources change. What it answers is a function of a version, but for what each reply adds by chance:
 * dates, an age, what a 304 or the answer to a HEAD leaves out, and failures. It keeps all that it has ever answered, so
 * that whoever sees an answer can tell from its fields what it was made of.
 */
import type { Context } from 'hono'
import { seeded } from '../../fixtures/seeded.ts'
import { nextTurn } from '../../support/gate.ts'
import { NOON } from '../../support/stores.ts'
import {
  type Asked,
  createPages,
  dateOf,
  isTagged,
  NOTHING,
  PATHS,
  type Pages,
  type Representation,
} from './pages.ts'

/** What the origin has once answered. */
export interface Reply {
  readonly id: number
  /** Which call it was made for, or behind. */
  readonly call: number
  readonly method: string
  /** The place in the order of all that happens at which it read its data. */
  readonly read: number
  /** Milliseconds of wall-clock time: when it read its data, and when it answered. */
  readonly began: number
  readonly at: number
  readonly status: number
  readonly of: Representation
  readonly headers: Headers
  /** The body ends in an error. */
  readonly broken: boolean
}

/** What a request brings for the origin, past the cache. */
export interface Errand {
  readonly id: number
  readonly noise: string
  /** Waits for the gate before it answers, or in the middle of its body. */
  readonly slow: boolean | 'body'
  /** Whatever chance says, it fails. */
  readonly fails: boolean
}

export interface Origin {
  readonly replies: Reply[]
  handle(c: Context): Promise<Response>
  readonly represent: Pages['represent']
  change(path: string): void
}

interface Surroundings {
  readonly seed: string
  readonly safe: boolean
  /** One page for all, which is read in parts. */
  readonly parts: boolean
  readonly now: () => number
  readonly tick: () => number
  /** What slow replies wait for. */
  readonly gate: () => Promise<void>
}

export function createOrigin({ seed, safe, parts, now, tick, gate }: Surroundings): Origin {
  const changes = new Map(
    PATHS.map((path, at) => [path as string, [NOON.getTime() - [500, 3_000, 1_000_000][at]! * 1000]]),
  )
  const pages = createPages({ seed, safe, parts, changes })
  const replies: Reply[] = []

  const versionOf = (path: string) => changes.get(path)!.length - 1

  function change(path: string): void {
    changes.get(path)!.push(now())
  }

  async function handle(c: Context): Promise<Response> {
    const { path, method } = c.req
    const { id: call, noise, slow, fails: down } = c.env.errand as Errand
    const random = seeded(noise)
    const id = replies.length
    const read = tick()
    const began = now()
    // What is thrown, or never comes, has no fields; its place among the replies tells that it was asked for.
    const nobody = { status: 0, of: NOTHING, headers: new Headers(), broken: true }
    replies.push({ id, call, method, read, began, at: began, ...nobody })
    const body = method === 'QUERY' ? await c.req.text() : ''
    const asked: Asked = (name) => (name === '?x' ? (c.req.query('x') ?? '') + body : c.req.header(name))
    const unsafe = !['GET', 'HEAD', 'QUERY'].includes(method)
    const fails = random.chance(0.12) || down
    const also = unsafe && random.chance(0.3) ? random.pick(PATHS) : null
    if (unsafe && !fails) for (const changed of new Set([path, also ?? path])) change(changed)
    const of = fails
      ? pages.failure(id, path, asked('?x') ?? '', random)
      : pages.represent(path, versionOf(path), asked)
    if (isTagged(of)) c.get('cache').tag('added')
    if (slow === true) await gate()
    const at = now()

    const headers = new Headers({ ...of.fields, 'x-reply': String(id), 'x-base': String(id) })
    if (random.chance(0.4)) headers.set('date', dateOf(at - random.pick([0, 0, 2, 10, -5]) * 1000))
    if (random.chance(0.15)) headers.set('age', String(random.pick([0, 3, 20])))
    if (random.chance(0.2)) headers.set('expires', random.pick(['0', dateOf(at + 40_000), dateOf(at)]))
    if (random.chance(0.1)) {
      headers.set('connection', 'x-hop')
      headers.set('x-hop', 'one')
      headers.set('keep-alive', 'timeout=5')
    }
    const give = (status: number, body: Uint8Array<ArrayBuffer> | null, broken = false): Response => {
      replies[id] = { id, call, method, read, began, at, status, of, headers, broken }
      const bodiless = [204, 304].includes(status) || body === null
      return new Response(bodiless ? null : streamed(body, broken, slow === 'body' ? gate : undefined), {
        status,
        headers,
      })
    }
    if (fails && random.chance(0.4)) throw new Error('down')
    const { whole } = of
    if (unsafe) return giveChanged()
    const match = asked('if-match')
    if (match !== undefined && match !== of.etag && of.status === 200) {
      headers.delete('x-base')
      return give(412, null)
    }
    const isSelected = of.status === 200 || of.status === 203
    if (isSelected && isConfirmed(of, asked)) {
      headers.delete('x-base')
      for (const name of ['content-type', 'content-language', 'content-encoding']) headers.delete(name)
      if (random.chance(0.3))
        for (const name of Object.keys(of.fields)) if (name !== 'x-version') headers.delete(name)
      return give(304, null)
    }
    if (method === 'HEAD') {
      headers.delete('x-base')
      if (random.chance(0.5)) headers.set('content-length', String(whole.length))
      if (random.chance(0.2)) headers.delete('etag')
      if (random.chance(0.2)) headers.delete('last-modified')
      return give(of.status, null)
    }
    const { ranges, unknownTotal } = pages.traits.get(path)!
    const range =
      ranges && of.status === 200 && method === 'GET'
        ? /^bytes=(\d*)-(\d*)$/.exec(asked('range') ?? '')
        : null
    const condition = asked('if-range')
    if (range && (condition === undefined || (condition === of.etag && !condition.startsWith('W/')))) {
      const [, from = '', to = ''] = range
      const first = from === '' ? Math.max(0, whole.length - Number(to)) : Number(from)
      const end = from === '' || to === '' ? whole.length - 1 : Math.min(Number(to), whole.length - 1)
      // It may give less than it was asked for.
      const last = end - first > 6 && random.chance(0.1) ? end - 3 : end
      if (first > last) {
        headers.set('content-range', `bytes */${whole.length}`)
        headers.delete('x-base')
        return give(416, null)
      }
      headers.set('content-range', `bytes ${first}-${last}/${unknownTotal ? '*' : whole.length}`)
      if (random.chance(0.4)) headers.set('content-length', String(last - first + 1))
      return give(206, whole.slice(first, last + 1), random.chance(0.05))
    }
    if (random.chance(0.4) && of.status !== 204) headers.set('content-length', String(whole.length))
    return give(of.status, whole, of.status !== 204 && random.chance(0.06))

    function giveChanged(): Response {
      const asGet = !fails && method === 'POST' && random.chance(0.5)
      if (also) headers.set(asGet ? 'location' : random.pick(['location', 'content-location']), also)
      if (asGet) {
        headers.set('content-location', `${path}${c.req.url.split(path)[1] ?? ''}`)
        return give(of.status, whole)
      }
      if (fails || random.chance(0.3)) return give(of.status, whole)
      headers.delete('x-base')
      return give(random.pick([204, 303]), null)
    }
  }

  return { replies, handle, represent: pages.represent, change }
}

/** As RFC 9110 §13.2.2 has it. */
function isConfirmed({ etag, modified }: Representation, asked: Asked): boolean {
  const tags = asked('if-none-match')
  if (tags !== undefined)
    return tags === '*' || (etag !== null && tags.replaceAll('W/', '').includes(etag.replace('W/', '')))
  const since = asked('if-modified-since')
  return since !== undefined && modified !== null && modified <= Date.parse(since)
}

function streamed(
  bytes: Uint8Array,
  broken: boolean,
  gate?: () => Promise<void>,
): ReadableStream<Uint8Array> {
  const half = bytes.length >> 1
  return new ReadableStream({
    async start(controller) {
      if (half > 0) controller.enqueue(bytes.slice(0, half))
      // Whoever reads has the first half by then: an error throws away what is not read.
      await (gate ? gate() : broken && nextTurn())
      if (broken) return controller.error(new Error('cut short'))
      controller.enqueue(bytes.slice(half))
      controller.close()
    },
  })
}
