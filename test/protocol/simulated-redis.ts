/**
 * As much of Redis as the protocol uses, in one process: a primary, and replicas that lag behind it.
 *
 * Every change goes into a log. A replica is the result of a prefix of that log, so what it answers is always a
 * state in which the primary has once been.
 */
import type { Command } from '../../src/store/redis.ts'
import { RedisError } from '../fixtures/resp.ts'
import { type Keyspace, SCRIPTS, type Scripts, scriptName } from './transcriptions.ts'

const OTHER_TYPE = Symbol('a list, say')

interface Change {
  /** `undefined`: every key. */
  readonly key: string | undefined
  /** `undefined`: the key goes. */
  readonly value: string | typeof OTHER_TYPE | undefined
}

/** Answers reads from what it has of the log. */
export class Replica {
  /** `OTHER_TYPE`: not a string, which MGET does not see. */
  readonly values = new Map<string, string | typeof OTHER_TYPE>()
  /** How much of the log it has. */
  position = 0

  /** Takes in the log up to there. */
  catchUp(log: readonly Change[], position = log.length): void {
    while (this.position < position) {
      const { key, value } = log[this.position++]!
      if (key === undefined) this.values.clear()
      else if (value === undefined) this.values.delete(key)
      else this.values.set(key, value)
    }
  }

  get(key: string): string | null {
    const value = this.values.get(key)
    return typeof value === 'string' ? value : null
  }
}

export class SimulatedRedis implements Keyspace {
  readonly primary = new Replica()
  readonly replicas: readonly Replica[] = [new Replica(), new Replica()]
  readonly log: Change[] = []
  /** Refuses to write, as `noeviction` does without memory. */
  full = false
  readonly #until = new Map<string, number>()
  readonly #scripts: Scripts
  #now = 0

  constructor(scripts: Partial<Scripts> = {}) {
    this.#scripts = { ...SCRIPTS, ...scripts }
  }

  /** Carries a command out: a read on the server given, a write on the primary. */
  run([name, ...args]: Command, server: Replica = this.primary): unknown {
    if (name === 'MGET') return args.map((key) => server.get(String(key)))
    if (name === 'DEL') return this.delete(String(args[0]))
    if (name === 'EVAL') return this.#evaluate(args)
    if (name === 'SET') return this.#lease(args)
    throw new Error(`not simulated: ${name}`)
  }

  /** SET key id NX PX milliseconds */
  #lease([key, id, , , milliseconds]: (string | number)[]): unknown {
    if (this.primary.values.has(String(key))) return null
    this.set(String(key), String(id), Number(milliseconds) / 1000)
    return 'OK'
  }

  #evaluate([text, count, ...rest]: (string | number)[]): unknown {
    const words = rest.map(String)
    const keys = Number(count)
    return this.#scripts[scriptName(text)](this, words.slice(0, keys), words.slice(keys))
  }

  get(key: string): string | null {
    return this.primary.get(key)
  }

  set(key: string, value: string, seconds = Number.POSITIVE_INFINITY): void {
    // Redis notes at the start of a script whether there is memory: its first write fails, or none does.
    if (this.full) throw new RedisError("OOM command not allowed when used memory > 'maxmemory'.")
    this.#until.set(key, this.#now + seconds)
    this.#change(key, value)
  }

  delete(key: string): number {
    if (!this.primary.values.has(key)) return 0
    this.#change(key, undefined)
    return 1
  }

  flush(): void {
    this.#change(undefined, undefined)
  }

  keys(): string[] {
    return [...this.primary.values.keys()]
  }

  /** As TTL: -2 for no key, -1 for one that stays. */
  timeToLive(key: string): number {
    if (!this.primary.values.has(key)) return -2
    const until = this.#until.get(key)!
    return until === Number.POSITIVE_INFINITY ? -1 : until - this.#now
  }

  /** Puts something else than a string there. */
  setOtherType(key: string): void {
    this.#until.set(key, Number.POSITIVE_INFINITY)
    this.#change(key, OTHER_TYPE)
  }

  isOtherType(key: string): boolean {
    return this.primary.values.get(key) === OTHER_TYPE
  }

  /** Time passes: keys expire. */
  pass(seconds: number): void {
    this.#now += seconds
    for (const key of this.keys()) if (this.#until.get(key)! <= this.#now) this.delete(key)
  }

  /** A replica takes over: the history goes on from what it has received, and the others copy it. */
  failOver(replica: Replica): void {
    const values = [...replica.values]
    this.flush()
    for (const [key, value] of values) this.#change(key, value)
    for (const server of this.replicas) server.catchUp(this.log)
  }

  #change(key: string | undefined, value: string | typeof OTHER_TYPE | undefined): void {
    this.log.push({ key, value })
    this.primary.catchUp(this.log)
  }
}
