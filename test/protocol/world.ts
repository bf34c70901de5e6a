/**
 * What a schedule runs over: a store for each isolate, whose every step waits for its turn, and what can befall it.
 */
import type { Command, Send } from '../../src/store/redis.ts'
import type { Store } from '../../src/store/store.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { Lost } from './actors.ts'
import type { Actor, Scheduler } from './scheduler.ts'
import { describeCommand, describeReply } from './transcript.ts'

export interface World {
  /** The store as an isolate connects to it. */
  connect(): Store
  /** What can befall the store; it says what it did. */
  readonly disasters: readonly Disaster[]
}

export type Disaster = () => string | Promise<string>

export interface Surroundings {
  readonly scheduler: Scheduler
  readonly random: Seeded
}

export type CreateWorld = (surroundings: Surroundings) => World | Promise<World>

/** A `send` that waits for its turn on the way there and on the way back, and can be lost on either. */
export function gatedSend(
  scheduler: Scheduler,
  carryOut: (command: Command, actor: Actor) => unknown,
  /** Told of every command sent, whether it arrives or not. */
  sent: (command: Command) => void = () => {},
): Send {
  return async (command) => {
    const actor = scheduler.current
    sent(command)
    await passage(scheduler, `request ${command[0]}`)
    scheduler.note(() => `→ ${describeCommand(command)}`)
    const reply = await carryOut(command, actor)
    scheduler.note(() => `  ${describeReply(reply)}`)
    await passage(scheduler, `reply to ${command[0]}`)
    return reply
  }
}

/** The same for a store that has no requests: each of its methods is a step. */
export function gatedStore(scheduler: Scheduler, store: Store): Store {
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    await passage(scheduler, name)
    const value = await work()
    scheduler.note(() => `${name}: ${JSON.stringify(value)}`)
    await passage(scheduler, `reply to ${name}`)
    return value
  }
  return {
    lookUp: (query) => step('lookUp', () => store.lookUp(query)),
    begin: () => step('begin', () => store.begin()),
    commit: (commit) => step('commit', () => store.commit(commit)),
    clear: (scopes) => step('clear', () => store.clear(scopes)),
    lease: (name, id, ms) => step('lease', () => store.lease(name, id, ms)),
    release: (name, id) => step('release', () => store.release(name, id)),
  }
}

async function passage(scheduler: Scheduler, what: string): Promise<void> {
  if ((await scheduler.pause(what)) === 'comes') return
  scheduler.note(() => `${what} is lost`)
  throw new Lost(what)
}
