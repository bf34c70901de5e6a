/** Tells a story on two isolates that share a store, and judges every answer. */
import { type Context, Hono } from 'hono'
import {
  type CacheEvent,
  type CacheOptions,
  cache,
  memoryStore,
  redisCache,
  type Store,
} from '../../../src/index.ts'
import { seeded } from '../../fixtures/seeded.ts'
import { nextTurn } from '../../support/gate.ts'
import { NOON } from '../../support/stores.ts'
import { type Answer, type Clear, complaintOf, type Known, saidBy } from './oracle.ts'
import { createOrigin, type Errand } from './origin.ts'
import { isTagged } from './pages.ts'
import type { Call, Event, Story, Target } from './story.ts'
import { crowd, late, type Scene, twice } from './useful.ts'

export interface Told {
  readonly complaint: string | null
  readonly transcript: readonly string[]
  readonly answers: number
  /** How often each way to answer was taken. */
  readonly ways: Readonly<Record<string, number>>
}

export type OpenStore = (story: Story) => Store

const inMemory: OpenStore = ({ outlives }) => memoryStore(outlives ? { now: () => NOON.getTime() } : {})

type Env = { Bindings: { errand: Errand } }

export async function tell(story: Story, openStore: OpenStore = inMemory): Promise<Told> {
  const { options, built, parts, latency, near, seed } = story
  const delays = seeded(`${seed} delays`)
  const { now: wallClock } = Date
  let now = NOON.getTime()
  let ticks = 0
  const tick = () => ++ticks
  let gate = Promise.withResolvers<void>()
  let down = false
  /** Since the store has failed, a breaker may be open and a clear due: what is not cached says nothing any more. */
  let troubled = false
  const moments = new Set<number[]>()
  const transcript: string[] = []
  const events: CacheEvent[] = []
  const pending: Promise<unknown>[] = []
  const ways: Record<string, number> = {}
  const clears: Clear[] = []
  const calls = new Map<number, Call>()
  /** URL → validators seen, the latest last. */
  const seen = new Map<string, { etag: string | null; modified: string | null }[]>()
  let answers = 0
  Date.now = () => now

  const origin = createOrigin({
    seed,
    safe: options.policy !== 'standard',
    parts,
    now: () => now,
    tick,
    gate: () => gate.promise,
  })
  const known: Known = {
    options,
    near,
    latency,
    origin,
    calls,
    clears,
    hits: new Set(),
    heads: [],
    ownTags: new Map(),
  }
  const shared = openStore(story)
  const apps = [0, 1].map(() => {
    const store = new Proxy(shared, {
      get:
        (target, name: keyof Store) =>
        async (...given: unknown[]) => {
          if (latency) await turns(delays.int(4))
          if (down) throw new Error('down')
          const reply = await (target[name] as (...given: unknown[]) => Promise<unknown>)(...given)
          if (latency) await turns(delays.int(4))
          return reply
        },
    })
    const app = new Hono<Env>()
    app.onError((_, c) => c.text('failed', 500))
    app.use(
      redisCache({
        store,
        ...(near !== null && { near: { seconds: near } }),
        waitUntil: (promise) => void pending.push(promise),
        onEvent: (event) => void events.push(event),
      }),
    )
    app.post('/clear', async (c) => {
      const target = await c.req.json<Exclude<Target, undefined> | null>()
      return c.json(target ? await c.get('cache').clear(target) : await c.get('cache').clear())
    })
    const own: CacheOptions = { ...options, tags: (c) => [`t${c.req.path}`] }
    const keyBuilder = ({ req }: Context) =>
      req.method === 'QUERY' ? null : req.path + (req.query('x') ?? '')
    app.all('*', cache(built ? { ...own, keyBuilder } : own), origin.handle)
    return app
  })

  const scene: Scene = {
    story,
    known,
    ask,
    judged,
    move,
    now: () => now,
    isTroubled: () => troubled,
    reasons: () => events.splice(0).map((event) => (event.type === 'not-stored' ? event.reason : '')),
  }
  try {
    for (const step of story.steps) {
      const complaint = await take(step)
      await settle()
      if (complaint) return { complaint, transcript, answers, ways }
    }
  } finally {
    Date.now = wallClock
  }
  return { complaint: null, transcript, answers, ways }

  /** The answers to calls that are made at once. */
  async function ask(calls: readonly Call[]): Promise<Answer[]> {
    gate = Promise.withResolvers()
    const begun = calls.map(begin)
    if (calls.some(({ slow }) => slow)) await flush()
    gate.resolve()
    const told = await Promise.all(begun.map(({ answered }) => answered))
    await settle()
    return told as Answer[]
  }

  async function take(step: Story['steps'][number]): Promise<string | null> {
    if ('down' in step) {
      transcript.push(`the store is ${step.down ? 'down' : 'up'}`)
      down = step.down
      troubled ||= down
      return null
    }
    if ('twice' in step) return twice(scene, step.twice)
    if ('late' in step) return late(scene, step.late)
    if ('crowd' in step) return crowd(scene, step.crowd, openStore === inMemory)
    if (!('calls' in step)) return happen(step).then(() => null)
    gate = Promise.withResolvers()
    const before = step.calls.map(begin)
    await flush()
    for (const event of step.during) await happen(event)
    const after = step.later.map(begin)
    await flush()
    for (const { call, client } of [...before, ...after]) if (call.hangsUp) client.abort()
    await flush()
    gate.resolve()
    const all = await Promise.all([...before, ...after].map(({ answered }) => answered))
    await settle()
    for (const answer of all) {
      const complaint = answer && judged(answer, all.length === 1)
      if (complaint) return complaint
    }
    return null
  }

  function begin(call: Call) {
    const { id, isolate, method, path, query, headers, has, body, noise, slow, fails = false } = call
    calls.set(id, call)
    const client = new AbortController()
    const asked = new Headers(headers)
    const copy = has && seen.get(path + query)?.at(-1 - has.back)
    const validator =
      copy &&
      (has.field === 'if-modified-since'
        ? copy.modified
        : (copy.etag ?? (has.field === 'if-range' ? copy.modified : null)))
    if (validator) asked.set(has.field, validator)
    const [begun, times] = [tick(), [now]]
    moments.add(times)
    const { signal } = client
    const gone = new Promise<unknown>((resolve) => signal.addEventListener('abort', resolve))
    const errand: Errand = { id, noise, slow, fails }
    const init: RequestInit = { method, headers: asked, signal, ...(body !== undefined && { body }) }
    const answered = (async (): Promise<Answer | null> => {
      const response = await apps[isolate]!.request(path + query, init, { errand })
      if (call.hangsUp) {
        await gone
        await response.body?.cancel().catch(() => {})
        return null
      }
      const bytes = await response.bytes().catch(() => null)
      moments.delete(times)
      return {
        call,
        asked,
        begun,
        moments: times,
        status: response.status,
        headers: response.headers,
        body: bytes,
      }
    })()
    return { call, client, answered }
  }

  function judged(answer: Answer, isAlone = false): string | null {
    const { call, asked, status, headers, body } = answer
    answers++
    transcript.push(
      `${call.id}: ${call.isolate ? 'B' : 'A'} ${call.method} ${call.path}${call.query} ${JSON.stringify(Object.fromEntries(asked))}${call.slow ? ' slowly' : ''}`,
      `   ${status} ${JSON.stringify(Object.fromEntries(headers))} ${body && new TextDecoder().decode(body.slice(0, 16))}`,
    )
    const said = saidBy(headers)
    const way = [
      said.hit ? 'hit' : said.fwd,
      said.hit && (said.ttl! <= 0 ? 'stale' : ''),
      said.collapsed && 'collapsed',
      said.forwardedStatus,
      said.detail === 'stale-if-error' && said.detail,
      said.stored && 'stored',
      status,
    ]
      .filter(Boolean)
      .join(' ')
    ways[way] = (ways[way] ?? 0) + 1
    const { path, query } = call
    if ([200, 206].includes(status))
      seen.set(path + query, [
        ...(seen.get(path + query) ?? []),
        { etag: headers.get('etag'), modified: headers.get('last-modified') },
      ])
    if (
      !['GET', 'HEAD', 'QUERY'].includes(call.method) &&
      options.policy === 'standard' &&
      status < 400 &&
      !down &&
      !troubled
    ) {
      const { read, at, headers: sent } = origin.replies[Number(headers.get('x-reply'))]!
      const named = ['location', 'content-location'].map((name) => sent.get(name)?.split('?')[0])
      const covers: Clear['covers'] = (of) => of.path === path || named.includes(of.path)
      clears.push({ covers, begun: read, done: tick(), at, isolate: call.isolate })
    }
    const complaint = complaintOf(answer, known)
    const reply = origin.replies[Number(headers.get('x-reply') ?? Number.NaN)]
    // With an entity tag, and where there was an entry that it tells something of.
    const tells =
      options.policy === 'standard' && call.method === 'HEAD' && ['stale', 'request'].includes(said.fwd!)
    if (
      tells &&
      isAlone &&
      !troubled &&
      !(asked.get('cache-control') ?? '').includes('no-store') &&
      !asked.has('if-match') &&
      reply?.status === 200 &&
      headers.has('etag')
    )
      known.heads.push({ done: tick(), call, of: reply.of })
    return complaint
  }

  async function happen(event: Event): Promise<void> {
    transcript.push(JSON.stringify(event))
    if ('pass' in event) move(event.pass)
    else if ('change' in event) {
      // A date tells no more than one change a second.
      move(1.1)
      origin.change(event.change)
    } else {
      const { clear: target, isolate } = event
      const begun = tick()
      const body = JSON.stringify(target ?? null)
      const response = await apps[isolate]!.request('/clear', { method: 'POST', body })
      const done = (await response.json()) as boolean
      transcript.push(`   ${done}`)
      const covers: Clear['covers'] = (of) => {
        const { path, query } = of
        if (!target) return true
        if ('key' in target) return built && target.key === path + query
        if ('tag' in target) return target.tag === `t${path}` || (target.tag === 'added' && isTagged(of))
        return 'namespace' in target || target.path === path
      }
      if (done) clears.push({ covers, begun, done: tick(), at: now, isolate })
      else troubled = true
    }
  }

  function move(seconds: number): void {
    now += seconds * 1000
    for (const times of moments) times.push(now)
  }

  async function settle(): Promise<void> {
    // A clear that has failed is tried again for minutes.
    while (pending.length > 0)
      await Promise.race([Promise.all(pending.splice(0)), ...(troubled ? [flush()] : [])])
  }
}

const flush = () => turns(8)

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn()
}
