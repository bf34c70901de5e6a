/**
 * One random story: requests and clears in two isolates, begun one after the other, and at every step the choice of who
 * goes on, what is lost, who hangs up, what Redis forgets, and how time passes. At its end nothing may be left of it.
 */
import { vi } from 'vitest'
import { connect } from '../../src/connect.ts'
import { type ClearTarget, openCache, type RedisCacheOptions } from '../../src/index.ts'
import { type Seeded, seeded } from '../fixtures/seeded.ts'
import { NOON } from '../support/stores.ts'
import { type Asking, type Begun, Oracle } from './oracle.ts'
import { anyTarget, clears, OTHER_PREFIX, type Page, type Recipe, randomRecipes } from './recipe.ts'
import { createApp } from './site.ts'
import { KINDS, Turns } from './turns.ts'
import { createWorld, type World } from './world.ts'

export interface Told {
  /** What was wrong; `null` where nothing was. */
  readonly complaint: string | null
  readonly transcript: readonly string[]
  readonly counts: {
    readonly answers: number
    readonly hits: number
    readonly shared: number
    readonly clears: number
  }
}

export async function tell(seed: string, recording = false): Promise<Told> {
  vi.setSystemTime(NOON)
  const story = new Story(seeded(seed), new Turns(recording))
  const complaint = await story.tell()
  vi.clearAllTimers()
  const { events, answers, oracle, turns } = story
  const { hit: hits = 0, shared = 0 } = events
  return {
    complaint,
    transcript: turns.transcript,
    counts: { answers, hits, shared, clears: oracle.clears.length },
  }
}

type Isolate = ReturnType<Story['open']>

const SECONDS = [0.02, 0.3, 1, 3, 31, 70]
const METHODS = ['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'HEAD', 'POST'] as const

class Story {
  readonly turns: Turns
  readonly oracle: Oracle
  readonly events: Record<string, number> = {}
  answers = 0
  readonly #random: Seeded
  readonly #world: World
  readonly #isolates: readonly Isolate[]
  readonly #near: RedisCacheOptions['near']
  readonly #counts = { handled: 0, called: 0, computed: 0, atOnce: 0 }
  /** Nothing fails, nobody waits in vain: who can share a memo does. */
  #isCalm = false
  #complaint: string | null = null
  #asked = 0
  /** Requests and clears that have not come to an end; and work behind answers. */
  #open = 0
  #behind = 0

  constructor(random: Seeded, turns: Turns) {
    this.#random = random
    this.turns = turns
    this.#world = createWorld(turns, random)
    const seconds = random.pick([null, null, 0, 5])
    this.#near = seconds === null ? undefined : { seconds }
    // Replicas may be behind for ever.
    this.oracle = new Oracle(this.#world.lagging ? Number.POSITIVE_INFINITY : (seconds ?? 0) * 1000)
    const recipes = randomRecipes(random)
    turns.note(() => JSON.stringify(recipes))
    this.#isolates = ['one', 'two'].map((name, i) => this.open(name, recipes[i]!))
  }

  async tell(): Promise<string | null> {
    await this.#happen()
    const chapters = [() => this.#settle(), () => this.#finish(), () => this.#goOnAsBefore()]
    for (const chapter of chapters) if (this.#complaint === null) await chapter()
    this.turns.note(() => this.#complaint ?? 'nothing to complain of')
    return this.#complaint
  }

  open(name: string, recipe: Recipe) {
    const { turns } = this
    const near = this.#near
    const where = { redis: this.#world.connect(name), ...(near && { near }) }
    const options: RedisCacheOptions = {
      ...where,
      waitUntil: (promise) => {
        this.#behind++
        promise.finally(() => this.#behind--)
      },
      onEvent: ({ type, method: _, ...about }) => {
        this.events[type] = (this.events[type] ?? 0) + 1
        turns.note(() => `${name} ${type} ${JSON.stringify(about)}`)
      },
    }
    const app = createApp(recipe, options, {
      isolate: name,
      turns,
      random: this.#random,
      counts: this.#counts,
    })
    const prefixes = [
      undefined,
      ...(recipe.pages.some(({ placed }) => placed === 'prefix') ? [OTHER_PREFIX] : []),
    ]
    const isOutside = prefixes.length > 1 || this.#random.chance(0.5)

    async function clear(...target: [] | [ClearTarget]): Promise<boolean> {
      const outside = (prefix: string | undefined) =>
        openCache({ ...where, ...(prefix && { prefix }), onEvent() {} }).clear(...target)
      if (isOutside) return (await Promise.all(prefixes.map(outside))).every(Boolean)
      return (await app.request('/clear', { method: 'POST', body: JSON.stringify(target) })).json()
    }
    /** What clients have of it, by page and user. */
    const copies = new Map<string, { readonly etag: string; readonly text: string }>()
    const connections = prefixes.map((prefix) => connect({ ...where, prefix }))
    return { name, recipe, app, clear, copies, connections }
  }

  /** What the story is about. */
  async #happen(): Promise<void> {
    const { turns } = this
    const random = this.#random
    const favourite = anyTarget(this.#isolates[0]!.recipe, random)
    const slow = random.pick([undefined, ...KINDS])
    const trouble = random.pick([0, 0, 0.02, 0.1])
    const haste = random.pick([0, 0.02, 0.1])
    const isPlain = ({ recipe: { memo, pages } }: Isolate) =>
      !memo.fails && memo.staleWhileRevalidate === 0 && pages.every(({ placed }) => placed !== 'prefix')
    this.#isCalm = trouble === 0 && haste === 0 && this.#isolates.every(isPlain)
    let toCome = 3 + random.int(7)
    while (this.#complaint === null && (toCome > 0 || turns.waiting.length > 0)) {
      if (random.chance(trouble)) this.#strike()
      else if (random.chance(haste)) await this.#pass(random.pick(SECONDS))
      else if (toCome > 0 && (turns.waiting.length === 0 || random.chance(0.25))) {
        toCome--
        const isolate = this.#isolates[random.chance(0.7) ? 0 : 1]!
        if (random.chance(0.3))
          void this.#clear(isolate, random.chance(0.7) ? favourite : anyTarget(isolate.recipe, random))
        else void this.#ask(isolate, random.pick(isolate.recipe.pages), this.#anyAsking())
        await turns.stand()
      } else if (turns.waiting.length > 0) {
        let next = random.pick(turns.waiting)
        for (let i = 0; i < 5 && next.kind === slow; i++) next = random.pick(turns.waiting)
        await turns.resume(next, trouble > 0 && random.chance(0.03) ? 'lost' : 'comes')
      }
    }
  }

  /** Whoever asks now sees what has become of it all. No time passes: who still waits then waits for nothing, unless for the lease of another isolate. */
  async #settle(): Promise<void> {
    this.#world.redis.full = false
    await this.#goOn()
    for (const isolate of this.#isolates) {
      for (const page of isolate.recipe.pages) void this.#ask(isolate, page, { user: 'ada', method: 'GET' })
      await this.turns.stand()
      await this.#goOn()
    }
    const pages = this.#isolates.flatMap(({ recipe }) => recipe.pages)
    if (pages.some(({ options }) => options.lease)) return
    if (this.#open > 0) this.#complain(`${this.#open} requests or clears wait for nothing`)
    const { atOnce } = this.#counts
    if (this.#isCalm && atOnce > 1) this.#complain(`one memo was computed ${atOnce} times at once`)
    for (const { name, connections } of this.#isolates) {
      for (const { flights, refreshes } of connections) {
        const left = [...this.#world.names].find(
          (entry) => flights.join(entry, 1) || refreshes.isUnderWay(entry),
        )
        if (left) this.#complain(`nobody makes ${left} in ${name}, and it is waited for`)
      }
    }
  }

  /** Time passes: all that is still under way comes to its end. */
  async #finish(): Promise<void> {
    const isOwed = () =>
      this.#isolates.some(({ connections }) => connections.some(({ store }) => store.pending().length > 0))
    for (let seconds = 0; seconds < 120 && (this.#open + this.#behind > 0 || isOwed()); seconds++) {
      // Within every deadline.
      await this.#pass(1)
      await this.#goOn()
    }
    const { handled, called, computed } = this.#counts
    if (this.#open > 0) this.#complain(`${this.#open} requests or clears never came to an end`)
    if (this.#behind > 0) this.#complain(`${this.#behind} works behind answers never came to an end`)
    if (handled > this.#asked) this.#complain(`the handlers ran ${handled} times for ${this.#asked} requests`)
    if (computed > called) this.#complain(`the memos were computed ${computed} times for ${called} calls`)
  }

  /** Nothing that was shared stands in the way of the next who asks, and it is cached as ever. */
  async #goOnAsBefore(): Promise<void> {
    // Past the breakers, the leases of the dead, and what is not worth waiting for.
    await this.#pass(61)
    for (const isolate of this.#isolates) {
      for (const page of isolate.recipe.pages) {
        let said: string | null = null
        for (let time = 0; time < 3 && !said?.includes('; hit'); time++) {
          const asking = this.#ask(isolate, page, { user: 'eve', method: 'GET' })
          await this.turns.stand()
          await this.#goOn()
          if (this.#open > 0) return this.#complain(`${page.path} waits for nothing in ${isolate.name}`)
          said = await asking
        }
        const isCached = page.may === 'nothing' && page.memo === 'none' && !this.#world.lagging
        if (isCached && !String(said).includes('; hit'))
          this.#complain(`${page.path} is no longer cached: ${said}`)
      }
    }
  }

  /** Resolves to its Cache-Status where it was answered in full. */
  async #ask(isolate: Isolate, page: Page, asking: Asking): Promise<string | null> {
    const { turns, oracle } = this
    const { user, method, sent, hangsUp, conditional, ranged } = asking
    const number = ++this.#asked
    const owner = `${page.path} ${user}`
    const copy = conditional ? isolate.copies.get(owner) : undefined
    const started = turns.tick()
    const begun: Begun = { isolate: isolate.name, page, asking, started, startedAt: Date.now() }
    turns.note(() => `request ${number} for ${page.path} in ${isolate.name}: ${JSON.stringify(asking)}`)
    const client = new AbortController()
    const { signal } = client
    if (hangsUp)
      void turns.pass('client', () => `client ${number} goes`).then(() => client.abort(new Error('gone')))
    const headers = {
      'x-user': user,
      cookie: `user=${user}`,
      ...(copy && { 'if-none-match': copy.etag }),
      ...(ranged && { range: 'bytes=0-9' }),
    }
    this.#open++
    try {
      const response = await isolate.app.request(page.path, { method, headers, signal, body: sent ?? null })
      if (signal.aborted) await response.body?.cancel().catch(() => {})
      const text = await response.text()
      const { status } = response
      const said = response.headers.get('cache-status')
      const etag = response.headers.get('etag')
      turns.note(() => `answer ${number}: ${status} ${said} ${text}`)
      if (signal.aborted) return null
      // A POST past the cache clears its path, as far as its own isolate knows.
      if (method === 'POST' && response.ok && page.options.policy === 'standard' && !page.options.methods)
        oracle.clears.push({
          isolate: isolate.name,
          clears: [`path ${page.path}`],
          called: started,
          made: false,
          ...this.#ended(),
        })
      const given = status === 304 ? copy?.text : status === 200 && method !== 'HEAD' ? text : null
      if (given === undefined) this.#complain(`client ${number} has not asked for a 304`)
      if (!given) return null
      this.answers++
      this.#complain(oracle.complaintAbout(JSON.parse(given), begun))
      if (method === 'GET' && etag && etag !== '"same"') isolate.copies.set(owner, { etag, text: given })
      return said
    } catch (error) {
      if (!signal.aborted) this.#complain(`request ${number} came to ${String(error)}`)
      return null
    } finally {
      this.#open--
    }
  }

  async #clear(isolate: Isolate, target: ClearTarget | undefined): Promise<void> {
    const called = this.turns.tick()
    this.turns.note(() => `${isolate.name} clears ${clears(target)}`)
    this.#open++
    const made = await isolate.clear(...(target ? ([target] as const) : []))
    this.#open--
    const clear = { isolate: isolate.name, clears: clears(target), called, made, ...this.#ended() }
    this.turns.note(() => JSON.stringify(clear))
    this.oracle.clears.push(clear)
    // Whoever has cleared it looks at what it has become.
    await this.#ask(isolate, this.#random.pick(isolate.recipe.pages), this.#anyAsking())
  }

  #anyAsking(): Asking {
    const random = this.#random
    const method = random.pick(METHODS)
    return {
      user: random.chance(0.7) ? 'ada' : 'bob',
      method,
      ...(method === 'POST' && { sent: random.pick(['x', 'y']) }),
      hangsUp: random.chance(0.1),
      conditional: random.chance(0.3),
      ranged: random.chance(0.05),
    }
  }

  /** Something happens to Redis. */
  #strike(): void {
    const { redis } = this.#world
    const random = this.#random
    const key = random.pick([...redis.keys(), 'cache:clock'])
    const what = random.int(10)
    if (what === 0) redis.flush()
    else if (what === 1) redis.full = !redis.full
    else redis.delete(key)
    this.turns.note(() => `Redis has lost ${key} or all, or is full: ${redis.full}`)
  }

  async #pass(seconds: number): Promise<void> {
    this.turns.note(() => `${seconds} seconds pass`)
    this.#world.redis.pass(seconds)
    await vi.advanceTimersByTimeAsync(seconds * 1000)
    await this.turns.stand()
  }

  /** Nothing is lost from here on. */
  async #goOn(): Promise<void> {
    const { waiting } = this.turns
    while (waiting.length > 0) await this.turns.resume(waiting[0]!)
  }

  #complain(about: string | null): void {
    this.#complaint ??= about
  }

  /** When something has ended. */
  #ended = () => ({ settled: this.turns.tick(), settledAt: Date.now() })
}
