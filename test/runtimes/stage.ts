/**
 * The stage of one scenario: an app with a cache over a Redis that keeps a record, at a time that stands still.
 *
 * What happens on it is told as plain JSON with nothing random in it, so that what two runtimes tell of one scenario
 * can be compared byte for byte. Nothing here or in the scenarios may need one of the runtimes.
 */
import { type Env, Hono } from 'hono'
import {
  type CacheEvent,
  type Explanation,
  type RedisCacheOptions,
  redisCache,
  redisStore,
  type Send,
} from '../../src/index.ts'
import { type Keyspace, SCRIPTS, scriptName } from '../protocol/transcriptions.ts'
import { type Answer, tell } from './answer.ts'

/** What happened, in order. */
export interface Account {
  readonly answers: Answer[]
  /** Namespace, key, canonical text and scopes of each request that was looked up. */
  readonly lookedUp: NonNullable<Explanation['lookedUp']>[]
  /** Everything that was written to Redis, as it was written: `[key, value, seconds]`. */
  readonly writes: (readonly [key: string, value: string, seconds: number | null])[]
  readonly events: CacheEvent[]
  /** What else the scenario has to tell. */
  readonly notes: unknown[]
}

export interface Stage {
  readonly app: Hono<StageEnv>
  /** Sends a request, reads its answer to the end, and waits for what it left running behind it. */
  ask(url: string, init?: RequestInit): Promise<void>
  /** Lets seconds pass. */
  pass(seconds: number): void
  note(value: unknown): void
}

export interface StageEnv extends Env {
  Variables: { user: unknown; db: unknown }
}

export type Scenario = (stage: Stage) => Promise<void>

const START = Date.UTC(2030, 0, 1, 12)
export const ORIGIN = 'http://localhost'

export async function perform(scenario: Scenario, options: RedisCacheOptions = {}): Promise<Account> {
  const account: Account = { answers: [], lookedUp: [], writes: [], events: [], notes: [] }
  const pending: Promise<unknown>[] = []
  const app = new Hono<StageEnv>()
  app.onError((error, c) => c.html(`failed: ${error.message}`, 500))
  app.use(
    redisCache({
      store: redisStore({ send: recordingSend(account.writes), epoch: () => 'epoch' }),
      waitUntil: (promise) => pending.push(promise),
      onEvent: (event) => account.events.push(event),
      ...options,
    }),
    async (c, next) => {
      await next()
      const { lookedUp } = c.get('cache').explain()
      if (lookedUp) account.lookedUp.push(lookedUp)
    },
  )

  let now = START
  const { now: wallClock } = Date
  Date.now = () => now
  try {
    await scenario({
      app,
      async ask(url, init) {
        const request = new Request(new URL(url, ORIGIN), init)
        account.answers.push(await tell(`${request.method} ${url}`, await app.fetch(request)))
        await Promise.all(pending.splice(0))
      },
      pass(seconds) {
        now += seconds * 1000
      },
      note: (value) => account.notes.push(value),
    })
  } finally {
    Date.now = wallClock
  }
  return account
}

/** As much of Redis as the store's commands need, and a record of what they write. */
function recordingSend(writes: Account['writes']): Send {
  const values = new Map<string, string>()
  const keyspace: Keyspace = {
    get: (key) => values.get(key) ?? null,
    set(key, value, seconds) {
      values.set(key, value)
      writes.push([key, value, seconds ?? null])
    },
    timeToLive: (key) => (values.has(key) ? -1 : -2),
    delete: (key) => Number(values.delete(key)),
  }
  return async ([name, ...args]) => {
    const words = args.map(String)
    if (name === 'MGET') return words.map(keyspace.get)
    if (name !== 'EVAL') throw new Error(`not expected of the store: ${name}`)
    const [script, count, ...rest] = words
    const keys = Number(count)
    return SCRIPTS[scriptName(script)](keyspace, rest.slice(0, keys), rest.slice(keys))
  }
}
