/**
 * The store in Redis, over one function: `send(command)`.
 *
 * A look-up is one MGET, which a read replica may serve; everything that writes is one EVAL on the primary. What
 * comes back is checked before it is believed: a client with other settings than ours may answer a bare `null`
 * for an aborted request, or numbers for strings. Deadlines and failures are the business of `guarded.ts`.
 */

import { type Checks, callback, checkOptions, text } from '../checking.ts'
import { ConfigError, StoreError, toStoreError } from '../errors.ts'
import { fenceLifetime } from './lifetime.ts'
import { EVERYTHING, encodeName } from './scope.ts'
import { BEGIN, CLEAR, COMMIT, RELEASE } from './scripts.ts'
import type { Commit, CommitOutcome, Query, Snapshot, Store } from './store.ts'
import { epochOf, type Time } from './time.ts'

/** One Redis command. Strings and numbers only: clients disagree about everything else. */
export type Command = [string, ...(string | number)[]]

/** Sends one command and resolves to its reply. */
export type Send = (command: Command) => Promise<unknown>

/** Options of {@link redisStore}. */
export interface RedisStoreOptions {
  /** Sends one raw command, with ioredis for example `(command) => redis.call(...command)`. */
  send: Send
  /** First segment of every Redis key. Default `'cache'`. */
  prefix?: string | undefined
  /** A string that no other call has given, for the epoch of a clock. Default: 74 random bits. */
  epoch?: () => string
}

const CHECKS: Checks = { send: callback, prefix: text, epoch: callback }

/**
 * The store protocol over any Redis client.
 *
 * @throws {TypeError} for a mistake in the options
 * @example
 * ```ts
 * import { Redis } from 'ioredis'
 * const redis = new Redis(process.env.REDIS_URL)
 * const store = redisStore({ send: ([name, ...args]) => redis.call(name, ...args) })
 * app.use(redisCache({ store }))
 * ```
 */
export function redisStore(options: RedisStoreOptions): Store {
  checkOptions(options, CHECKS, 'redisStore()')
  const { send, prefix = 'cache', epoch = randomEpoch } = options
  if (send === undefined) throw new ConfigError('redisStore(): send is needed; it sends one raw command')
  const root = `${encodeName(prefix)}:`
  const clock = `${root}clock`
  const everything = root + EVERYTHING

  const evaluate = (script: string, keys: string[], args: (string | number)[]): Promise<unknown> =>
    send(['EVAL', script, keys.length, ...keys, ...args])

  return {
    async lookUp({ entries, scopes }: Query): Promise<Snapshot> {
      const command: Command = ['MGET']
      for (const name of entries) command.push(root + name)
      command.push(clock)
      for (const scope of scopes) command.push(root + scope)
      // Before it is sent: a client may take the command apart.
      const due = command.length - 1
      const reply = await send(command)
      if (!Array.isArray(reply) || reply.length !== due) throw new StoreError('unexpected-reply')
      const texts: (string | null)[] = reply
      for (let i = 0; i < texts.length; i++) if (typeof texts[i] !== 'string') texts[i] = null
      const first = entries.length
      return {
        entries: texts.slice(0, first),
        // A stray text under the clock's name is no clock: `begin` replaces it.
        clock: epochOf(texts[first]) === null ? null : texts[first]!,
        scopes,
        fences: texts.slice(first + 1),
      }
    },

    async begin(): Promise<Time> {
      const reply = await evaluate(BEGIN, [clock, everything], [epoch(), fenceLifetime(EVERYTHING)])
      return timeIn(reply)
    },

    async commit({ stamp, scopes, writes }: Commit): Promise<CommitOutcome> {
      const keys = [clock]
      const args: (string | number)[] = [stamp, scopes.length]
      for (const scope of scopes) {
        keys.push(root + scope)
        args.push(fenceLifetime(scope, writes))
      }
      for (const { name, value, seconds } of writes) {
        keys.push(root + name)
        args.push(value, seconds)
      }
      const reply = await evaluate(COMMIT, keys, args)
      if (reply !== 'stored' && reply !== 'cleared' && reply !== 'lost')
        throw new StoreError('unexpected-reply')
      return reply
    },

    async clear(scopes: readonly string[]): Promise<Time | null> {
      const keys = [clock, everything]
      const args: (string | number)[] = [epoch(), fenceLifetime(EVERYTHING)]
      for (const scope of scopes) {
        keys.push(root + scope)
        args.push(fenceLifetime(scope))
      }
      let reply: unknown
      try {
        reply = await evaluate(CLEAR, keys, args)
      } catch (error) {
        if (toStoreError(error).reason !== 'out-of-memory') throw error
        // A full Redis refuses to write but not to delete. Without its clock every entry is invalid, and every
        // handler now running is refused at its commit.
        // A client may give numbers as strings.
        if (!/^\d+$/.test(String(await send(['DEL', clock])))) throw new StoreError('unexpected-reply')
        return null
      }
      return timeIn(reply)
    },

    async lease(name: string, id: string, ms: number): Promise<boolean> {
      const reply = await send(['SET', root + name, id, 'NX', 'PX', ms])
      return reply === 'OK'
    },

    async release(name: string, id: string): Promise<void> {
      await evaluate(RELEASE, [root + name], [id])
    },
  }
}

/** A word such as `QUEUED`, of a connection inside MULTI, confirms nothing. */
function timeIn(reply: unknown): Time {
  if (typeof reply !== 'string' || epochOf(reply) === null) throw new StoreError('unexpected-reply')
  return reply
}

function randomEpoch(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 20)
}
