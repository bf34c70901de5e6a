/**
 * What goes wrong: on the wire and in Redis, each at its own random times, so that both may at once. A fault begins,
 * lasts, and ends; what it did to the data stays.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Bridge, FaultKind } from '../fixtures/bridge.ts'
import { FAULT_KINDS } from '../fixtures/bridge-faults.ts'
import type { RedisServer } from '../fixtures/redis-server.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import type { Recorder } from './report.ts'

export interface World {
  readonly redis: RedisServer
  readonly bridge: Bridge
  readonly prefix: string
}

interface Trouble {
  readonly name: string
  /** Gives what ends it. */
  begin(world: World, random: Seeded): Promise<() => unknown> | (() => unknown)
}

const wire = (kind: FaultKind, execute = false): Trouble => ({
  name: execute ? `${kind}, carried out` : kind,
  begin({ bridge }, random) {
    // Everything, or only what writes, or a few requests.
    const when = random.chance(0.3) ? { when: ([name]: string[]) => name === 'EVAL' } : {}
    const times = random.chance(0.7) ? { times: 1 + random.int(4) } : {}
    bridge.fault = { kind, interval: 20, ...(execute && { execute }), ...when, ...times }
    return () => {
      bridge.fault = null
    }
  },
})

export const ON_THE_WIRE: readonly Trouble[] = [
  ...FAULT_KINDS.map((kind) => wire(kind)),
  // The write has happened, and nobody is told.
  wire('hang', true),
  wire('reset', true),
  wire('status-500', true),
  {
    name: 'answers lag',
    begin({ bridge }, random) {
      bridge.intercept = async (_, forward) => {
        const reply = await forward()
        await delay(random.int(300))
        return reply
      }
      return () => {
        bridge.intercept = undefined
      }
    },
  },
  {
    name: 'commands lag',
    begin({ bridge }, random) {
      bridge.intercept = async (_, forward) => {
        await delay(random.int(300))
        return forward()
      }
      return () => {
        bridge.intercept = undefined
      }
    },
  },
  {
    name: 'commands arrive twice',
    begin({ bridge }) {
      bridge.intercept = async (_, forward) => (await Promise.all([forward(), forward()]))[0]
      return () => {
        bridge.intercept = undefined
      }
    },
  },
]

export const IN_REDIS: readonly Trouble[] = [
  {
    name: 'SIGSTOP, SIGCONT',
    begin({ redis }) {
      redis.pause()
      return () => redis.resume()
    },
  },
  {
    name: 'SIGKILL, restart empty',
    async begin({ redis }) {
      await redis.kill()
      return () => redis.restart()
    },
  },
  {
    name: 'restart empty at once',
    async begin({ redis }) {
      await redis.restart()
      return () => {}
    },
  },
  {
    name: 'out of memory',
    async begin({ redis }) {
      await redis.command('CONFIG', 'SET', 'maxmemory', '1')
      return () => redis.command('CONFIG', 'SET', 'maxmemory', '0')
    },
  },
  {
    name: 'clock deleted',
    begin: ({ redis, prefix }) => again(() => redis.command('DEL', `${prefix}:clock`), 100),
  },
  {
    name: 'clock and fence of everything deleted',
    begin: ({ redis, prefix }) => again(() => redis.command('DEL', `${prefix}:clock`, `${prefix}:a`), 200),
  },
  {
    name: 'eviction',
    begin: ({ redis }) =>
      again(async () => {
        const names = await Promise.all(Array.from({ length: 20 }, () => redis.command('RANDOMKEY')))
        const found = names.filter((name) => typeof name === 'string')
        if (found.length > 0) await redis.command('DEL', ...found)
      }, 20),
  },
]

/** Does it at once and then every so many milliseconds, until it is ended. */
async function again(work: () => Promise<unknown>, ms: number): Promise<() => Promise<void>> {
  let ended = false
  await work()
  const going = (async () => {
    while (!ended) {
      await delay(ms)
      await work()
    }
  })()
  return async () => {
    ended = true
    await going
  }
}

/** Lets one of them happen after the other, with pauses between them, until `ended`. */
export async function troubles(
  all: readonly Trouble[],
  world: World,
  random: Seeded,
  recorder: Recorder,
  ended: () => boolean,
): Promise<void> {
  let queue: readonly Trouble[] = []
  while (!ended()) {
    // Each of them once, in a random order, then all over again.
    if (queue.length === 0) queue = random.shuffle(all)
    const [trouble, ...rest] = queue as [Trouble, ...Trouble[]]
    queue = rest
    const pause = 300 + random.int(3500)
    const length = 20 + random.int(random.chance(0.2) ? 1200 : 200)
    await delay(pause)
    recorder.note(`${trouble.name} begins`)
    recorder.count(`fault: ${trouble.name}`)
    const end = await trouble.begin(world, random)
    await delay(length)
    await end()
    recorder.note(`${trouble.name} ends`)
  }
}
