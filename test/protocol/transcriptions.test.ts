/**
 * The simulated Redis says what the real one says: from the same random state, each script and each other command
 * of the store gives the same reply and leaves the same keys with the same time to live.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Command } from '../../src/store/redis.ts'
import { BEGIN, CLEAR, COMMIT, RELEASE } from '../../src/store/scripts.ts'
import { type RedisServer, startRedis } from '../fixtures/redis-server.ts'
import { RedisError } from '../fixtures/resp.ts'
import { type Seeded, seeded } from '../fixtures/seeded.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { SimulatedRedis } from './simulated-redis.ts'

const FENCES = ['a', 'n:n', 'p:%2Fa', 't:t']
const KEYS = ['clock', ...FENCES, 'e:n:a', 'l:n:a']
const GENERATIONS = [
  '1',
  '9',
  '007',
  '99999999999999',
  '1000000000000000',
  '9007199254740992',
  '9'.repeat(25),
]
const EPOCHS = ['e1', 'e2', '100000', '1e5', 'e:x', ...GENERATIONS.map((generation) => `${generation}.e1`)]
const COUNTS = ['0', '1', '2', '9', '10', '007', '99999999999999', '100000000000000', '9007199254740991']
const NOT_TIMES = ['', 'e1', 'e1:', ':1', '1', 'e1:-1', 'e1:1 ', 'e1:1.5', 'two\nlines']

const time = (random: Seeded): string => `${random.pick(EPOCHS)}:${random.pick(COUNTS)}`
const value = (random: Seeded): string => (random.chance(0.9) ? time(random) : random.pick(NOT_TIMES))
/** Mostly near each other, so that their comparison matters. */
const near = (random: Seeded): string => (random.chance(0.6) ? `e1:${random.int(4)}` : value(random))
/** An hour or so, a day, mostly some days. */
const seconds = (random: Seeded): number => {
  if (random.chance(0.6)) return 100_000 + random.int(500_000)
  return random.pick([86_400, 3600 + random.int(1000)])
}

function command(random: Seeded): Command {
  const fences = random.shuffle(FENCES).slice(0, random.int(FENCES.length + 1))
  const lifetimes = fences.map(() => seconds(random))
  const write = [value(random), seconds(random)] as const
  return random.pick<Command>([
    ['EVAL', BEGIN, 2, 'clock', 'a', random.pick(EPOCHS), seconds(random)],
    [
      'EVAL',
      CLEAR,
      2 + fences.length,
      'clock',
      'a',
      ...fences,
      random.pick(EPOCHS),
      seconds(random),
      ...lifetimes,
    ],
    ['EVAL', COMMIT, 1 + fences.length, 'clock', ...fences, near(random), fences.length, ...lifetimes],
    [
      'EVAL',
      COMMIT,
      2 + fences.length,
      'clock',
      ...fences,
      'e:n:a',
      near(random),
      fences.length,
      ...lifetimes,
      ...write,
    ],
    ['EVAL', RELEASE, 1, 'l:n:a', value(random)],
    ['MGET', ...KEYS],
    ['DEL', random.pick(KEYS)],
  ])
}

describeWithRedis('the simulated Redis and the real one', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  async function fill(simulated: SimulatedRedis, random: Seeded): Promise<void> {
    await server.command('FLUSHALL')
    for (const key of KEYS) {
      if (random.chance(0.25)) continue
      if (random.chance(0.05)) {
        await server.command('RPUSH', key, 'of another type')
        simulated.setOtherType(key)
        continue
      }
      const text = near(random)
      if (random.chance(0.3)) {
        await server.command('SET', key, text)
        simulated.set(key, text)
        continue
      }
      const left = seconds(random)
      // TTL rounds: the part of a second lets some of it pass unseen.
      await server.command('SET', key, text, 'PX', left * 1000 + 400)
      simulated.set(key, text, left)
    }
  }

  async function realState(): Promise<unknown> {
    const state = KEYS.map(async (key) => {
      if ((await server.command('TYPE', key)) === 'list') return [key, 'other type']
      return [key, await server.command('GET', key), await server.command('TTL', key)]
    })
    return Promise.all(state)
  }

  function simulatedState(simulated: SimulatedRedis): unknown {
    return KEYS.map((key) => {
      if (simulated.isOtherType(key)) return [key, 'other type']
      return [key, simulated.get(key), simulated.timeToLive(key)]
    })
  }

  test('differ in no reply and in no key', { timeout: 60_000 }, async () => {
    const replies = new Set<string>()
    for (let i = 0; i < 6000; i++) {
      const random = seeded(`transcriptions #${i}`)
      const simulated = new SimulatedRedis()
      await fill(simulated, random)
      const asked = command(random)
      const before = simulatedState(simulated)
      const reply = await server.command(...asked)
      const told = JSON.stringify({ seed: i, before, asked })
      expect(simulated.run(asked), told).toEqual(reply)
      expect(simulatedState(simulated), told).toEqual(await realState())
      replies.add(typeof reply === 'string' && reply.includes(':') ? 'a time' : JSON.stringify(reply))
    }
    expect([...replies]).toEqual(
      expect.arrayContaining(['a time', '"stored"', '"cleared"', '"lost"', '0', '1']),
    )
  })

  test('differ in nothing when there is no memory', async () => {
    await server.command('CONFIG', 'SET', 'maxmemory', '0')
    for (let i = 0; i < 300; i++) {
      const random = seeded(`without memory #${i}`)
      const simulated = new SimulatedRedis()
      await fill(simulated, random)
      const asked = command(random)
      simulated.full = true
      await server.command('CONFIG', 'SET', 'maxmemory', '1')
      const outcome = await server.command(...asked).catch(errorCode)
      await server.command('CONFIG', 'SET', 'maxmemory', '0')
      const told = JSON.stringify({ seed: i, asked })
      expect(await runIn(simulated, asked).catch(errorCode), told).toEqual(outcome)
      expect(simulatedState(simulated)).toEqual(await realState())
    }
  })
})

const runIn = async (simulated: SimulatedRedis, asked: Command) => simulated.run(asked)

function errorCode(error: unknown): string {
  if (error instanceof RedisError) return error.message.split(' ', 1)[0]!
  throw error
}
