/**
 * One run: a real Redis, the bridge with its faults, three isolates of one app under load, and at the end all faults
 * gone and every isolate answering from the cache again.
 *
 * The app's wall clock leaps ahead every second, so that breakers close and entries grow stale as often as they would
 * in a longer run. Between two leaps it runs as it should, since deadlines are told by it.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { openCache, type RedisCacheOptions } from 'hono-redis-cache'
import { type Bridge, startBridge } from '../fixtures/bridge.ts'
import { startRedis } from '../fixtures/redis-server.ts'
import { seeded } from '../fixtures/seeded.ts'
import { chaosApp } from './app.ts'
import { createData } from './data.ts'
import { IN_REDIS, ON_THE_WIRE, troubles, type World } from './faults.ts'
import { type Isolate, lane } from './load.ts'
import { growth, type Sample, sample } from './memory.ts'
import { createOracle } from './oracle.ts'
import { READ_MS, WRITE_MS } from './pages.ts'
import { Recorder, type Report } from './report.ts'

export interface ChaosOptions {
  readonly seed: string
  /** How long it takes. */
  readonly seconds: number
  /** How many seconds pass for the app in one. Default 4. */
  readonly speed?: number
  /** Steps between the app and the bridge: to break a rule, and see it noticed. */
  readonly sabotage?: (bridge: Bridge) => void
  /** Without faults. */
  readonly calm?: boolean
}

const LANES = 8
const NEAR_SECONDS = 1
const RECOVERY_MS = 30_000

export async function chaos(options: ChaosOptions): Promise<Report> {
  const { seed, seconds, speed = 4, calm = false } = options
  const redis = await startRedis()
  const bridge = await startBridge({ redis, recording: false })
  options.sabotage?.(bridge)
  const world: World = { redis, bridge, prefix: 'chaos' }
  const recorder = new Recorder()
  const random = seeded(seed)
  const data = createData()
  const samples: Sample[] = []
  const started = performance.now()
  const passed = () => (performance.now() - started) / 1000
  const ended = () => passed() >= seconds
  const restoreClock = hasten(speed)
  const lag = watchLag()
  try {
    const { isolates, windows } = open(world, data, seed, recorder)
    const oracle = createOracle(data, windows)
    const lanes = isolates.flatMap((isolate) =>
      Array.from({ length: LANES }, (_, i) =>
        lane({
          isolate,
          oracle,
          recorder,
          lag: lag.total,
          ended,
          random: seeded(`${seed}:${isolate.index}:${i}`),
        }),
      ),
    )
    const wires = calm
      ? []
      : [ON_THE_WIRE, IN_REDIS].map((all) => troubles(all, world, seeded(random.next()), recorder, ended))
    await Promise.all([...lanes, ...wires, sampleUntil(ended, seconds, samples, started)])
    await recover(isolates, recorder)
  } finally {
    lag.stop()
    restoreClock()
    await bridge.stop()
    await redis.stop()
  }
  const grown = growth(samples)
  if (grown) recorder.violation(grown)
  return { ...recorder, seed, seconds: passed(), samples }
}

/** Three isolates of one deployment: each has its own connection, and what belongs to it. */
function open(
  { bridge: { url, token }, prefix }: World,
  data: ReturnType<typeof createData>,
  seed: string,
  recorder: Recorder,
) {
  const kinds: readonly [name: string, near: RedisCacheOptions['near'], window: number][] = [
    ['plain', undefined, 0],
    ['coherent', { seconds: 0, maxBytes: 2 ** 20 }, 0],
    ['near', { seconds: NEAR_SECONDS, maxBytes: 2 ** 20 }, NEAR_SECONDS * 1000],
  ]
  const isolates = kinds.map(([name, near], index): Isolate => {
    const where = { url, token, prefix, timeout: { read: READ_MS, write: WRITE_MS }, ...(near && { near }) }
    const onEvent: RedisCacheOptions['onEvent'] = (event) => {
      const reason = event.type === 'store-failed' ? ` ${event.operation} ${event.reason}` : ''
      recorder.count(`event: ${event.type}${reason}`)
      if (event.type === 'store-failed' && 'breaker' in event) recorder.note(`${name} opens its breaker`)
    }
    const app = chaosApp({ ...where, onEvent }, data, seeded(`${seed}:app:${name}`))
    return { index, name, app, clear: openCache(where).clear }
  })
  return { isolates, windows: kinds.map(([, , window]) => window) }
}

/** Lets `Date.now` leap ahead once a second; gives what lets it go on as before. */
function hasten(speed: number): () => void {
  const real = Date.now
  const moment = performance.now()
  Date.now = () => real() + Math.floor((performance.now() - moment) / 1000) * (speed - 1) * 1000
  return () => {
    Date.now = real
  }
}

/** How long the process has kept its timers waiting, all in all. */
function watchLag() {
  const STEP_MS = 10
  let last = performance.now()
  let sum = 0
  const late = () => Math.max(0, performance.now() - last - 2 * STEP_MS)
  const timer = setInterval(() => {
    sum += late()
    last = performance.now()
  }, STEP_MS)
  return { total: () => sum + late(), stop: () => clearInterval(timer) }
}

async function sampleUntil(
  ended: () => boolean,
  seconds: number,
  samples: Sample[],
  started: number,
): Promise<void> {
  while (!ended()) {
    await delay((seconds * 1000) / 20)
    samples.push(sample(started))
  }
}

/** With all faults gone a clear is confirmed, and a page is stored and found, in every isolate. */
async function recover(isolates: readonly Isolate[], recorder: Recorder): Promise<void> {
  const began = performance.now()
  await Promise.all(
    isolates.map(async ({ name, app, clear }) => {
      while (!(await clear())) {
        if (performance.now() - began > RECOVERY_MS)
          return recorder.violation(`${name}: no clear is confirmed again`)
        await delay(50)
      }
      for (;;) {
        const response = await app.request('/recovery')
        await response.text()
        if (response.headers.get('cache-status')?.includes('; hit')) break
        if (performance.now() - began > RECOVERY_MS)
          return recorder.violation(`${name}: nothing is found again`)
        await delay(50)
      }
      recorder.took('recovery', performance.now() - began)
    }),
  )
}
