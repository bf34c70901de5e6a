/** One simulated Redis, and the connections of isolates to it: each command waits for its turn, there and back. */
import { decode, isRecord } from '../../src/entry/entry.ts'
import type { Command, Send } from '../../src/store/redis.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { SimulatedRedis } from '../protocol/simulated-redis.ts'
import { scriptName } from '../protocol/transcriptions.ts'
import type { Turns } from './turns.ts'

export interface World {
  readonly redis: SimulatedRedis
  /** Look-ups are answered by replicas that may be behind. */
  readonly lagging: boolean
  /** The names of all entries that somebody has looked for. */
  readonly names: Set<string>
  /** The client of one isolate. */
  connect(name: string): { send: Send }
}

export function createWorld(turns: Turns, random: Seeded): World {
  const redis = new SimulatedRedis()
  const names = new Set<string>()
  const lagging = random.chance(0.2)

  function readFrom() {
    if (!lagging) return redis.primary
    const replica = random.pick(redis.replicas)
    replica.catchUp(redis.log, replica.position + random.int(redis.log.length - replica.position + 1))
    return replica
  }

  async function passage([name]: Command, what: () => string): Promise<void> {
    if ((await turns.pass(name === 'MGET' ? 'read' : 'write', what)) === 'lost') throw new Error('lost')
  }

  const connect = (name: string) => ({
    async send(command: Command) {
      for (const word of command) if (String(word).startsWith('cache:e:')) names.add(String(word).slice(6))
      await passage(command, () => `${name} → ${describe(command)}`)
      const reply = redis.run(command, command[0] === 'MGET' ? readFrom() : redis.primary)
      await passage(command, () => `${name} ← ${[reply].flat().map(describeWord).join(' ')}`)
      return reply
    },
  })
  return { redis, lagging, names, connect }
}

function describe([name, ...args]: Command): string {
  const words = name === 'EVAL' ? [scriptName(args[0]).toUpperCase(), ...args.slice(2)] : [name, ...args]
  return words.map(describeWord).join(' ')
}

function describeWord(word: unknown): string {
  const stored = typeof word === 'string' ? decode(word) : null
  if (stored === null) return word === null ? '-' : String(word).replace(/^cache:/, '')
  return isRecord(stored) ? `record(${stored.inputs.join(' ')})` : `entry(${stored.stamp}, ${stored.body})`
}
