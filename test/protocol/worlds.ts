/** What schedules run over: a simulated Redis, a real one, the store in memory. */
import { memoryStore } from '../../src/store/memory.ts'
import { type Command, redisStore } from '../../src/store/redis.ts'
import { fakeClock } from '../fixtures/clock.ts'
import type { RedisServer } from '../fixtures/redis-server.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { withPast } from './repetition.ts'
import type { Actor } from './scheduler.ts'
import { SimulatedRedis } from './simulated-redis.ts'
import type { Scripts } from './transcriptions.ts'
import { type CreateWorld, type Disaster, gatedSend, gatedStore } from './world.ts'

const CLOCK = 'cache:clock'
/** A short entry expires; every fence that it left but the broad ones; all. */
const DURATIONS = [11, 172_801, 61 * 86_400]

export interface Simulation {
  /** In place of ours. */
  readonly scripts?: Partial<Scripts>
  /** In place of a fresh one for every attempt. */
  readonly epoch?: () => string
  /** In place of the usual ones. */
  readonly disasters?: (redis: SimulatedRedis, random: Seeded) => readonly Disaster[]
}

export const simulatedWorld =
  (simulation: Simulation = {}): CreateWorld =>
  ({ scheduler, random }) => {
    const { scripts, epoch = counted(), disasters = losses } = simulation
    const redis = new SimulatedRedis(scripts)
    const lagging = random.chance(0.5)

    const past = withPast((command) => redis.run(command), random)

    const readFrom = () => {
      if (!lagging) return redis.primary
      const replica = random.pick(redis.replicas)
      // What has come in since it was last asked: nothing, something, all of it.
      const behind = redis.log.length - replica.position
      if (random.chance(0.6)) replica.catchUp(redis.log, replica.position + random.int(behind + 1))
      return replica
    }
    const carryOut = async (command: Command, actor: Actor) => {
      const server = command[0] === 'MGET' ? readFrom() : redis.primary
      const reply = server === redis.primary ? await past.run(command) : redis.run(command, server)
      actor.position = server.position
      actor.latest = redis.primary.position
      return reply
    }
    const send = gatedSend(scheduler, carryOut, past.sent)
    return {
      connect: () => redisStore({ send, epoch }),
      disasters: [...disasters(redis, random), past.repeat],
    }
  }

/** Keys that vanish: each of the ways that Redis knows. */
function losses(redis: SimulatedRedis, random: Seeded): Disaster[] {
  return [
    () => {
      const keys = someOf(redis.keys(), random)
      for (const key of keys) redis.delete(key)
      return `evicted: ${keys.join(' ')}`
    },
    () => `the clock is lost: ${redis.delete(CLOCK)}`,
    () => {
      const seconds = random.pick(DURATIONS)
      redis.pass(seconds)
      return `${seconds} seconds pass`
    },
    () => {
      if (random.chance(0.7)) return 'nothing happens'
      redis.flush()
      return 'everything is flushed'
    },
    () => {
      redis.full = !redis.full && random.chance(0.3)
      return redis.full ? 'Redis is full' : 'Redis has memory'
    },
  ]
}

/** A server of our own: it is emptied for each schedule. */
export const realWorld =
  (server: RedisServer): CreateWorld =>
  async ({ scheduler, random }) => {
    await server.command('FLUSHALL')
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    const keys = async () => ((await server.command('KEYS', '*')) as string[]).sort()
    const { run, sent, repeat } = withPast((command) => server.command(...command), random)
    const send = gatedSend(scheduler, run, sent)
    const epoch = counted()
    return {
      connect: () => redisStore({ send, epoch }),
      disasters: [
        async () => {
          const evicted = someOf(await keys(), random)
          for (const key of evicted) await server.command('DEL', key)
          return `evicted: ${evicted.join(' ')}`
        },
        async () => `the clock is lost: ${await server.command('DEL', CLOCK)}`,
        async () => {
          const seconds = random.pick(DURATIONS)
          for (const key of await keys()) {
            const left = Number(await server.command('TTL', key))
            if (left >= 0 && left <= seconds) await server.command('DEL', key)
          }
          return `${seconds} seconds pass`
        },
        async () =>
          random.chance(0.7)
            ? 'nothing happens'
            : `everything is flushed: ${await server.command('FLUSHALL')}`,
        async () => {
          const bytes = random.pick(['1', '0', '0'])
          return `maxmemory ${bytes}: ${await server.command('CONFIG', 'SET', 'maxmemory', bytes)}`
        },
        repeat,
      ],
    }
  }

/** Nothing is sent, so nothing can be repeated; what is used least makes room, and time passes. */
export const memoryWorld: CreateWorld = ({ scheduler, random }) => {
  const now = fakeClock()
  const store = gatedStore(scheduler, memoryStore({ now, maxEntries: random.pick([1, 4, 7, 10, 100]) }))
  return {
    connect: () => store,
    disasters: [
      () => {
        const seconds = random.pick(DURATIONS)
        now.advance(seconds)
        return `${seconds} seconds pass`
      },
    ],
  }
}

/** Mostly one of them. */
const someOf = (keys: readonly string[], random: Seeded): readonly string[] =>
  random.shuffle(keys).slice(0, random.pick([1, 1, 2, 3]))

function counted(): () => string {
  let epochs = 0
  return () => `e${++epochs}`
}
