/** Every entry point tells the same story, with the embedded store and with Redis over REST. */

import { gzipSync } from 'node:zlib'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeWithRedis, useBridge } from '../fixtures/with-redis.ts'
import { bundleWorker, type Credentials, type Running, startProcess, startWorker } from './run.ts'
import { tellStory } from './story.ts'

const DENO = ['run', '--allow-net', '--allow-env', '--allow-read', 'examples/deno.ts']

let bundle: { script: string; log: string }
beforeAll(async () => {
  bundle = await bundleWorker()
})

const RUNTIMES: [name: string, start: (redis?: Credentials) => Promise<Running>][] = [
  ['node', (redis) => startProcess(['node', 'examples/node.ts'], redis)],
  ['bun', (redis) => startProcess(['bun', 'examples/bun.ts'], redis)],
  ['deno', (redis) => startProcess(['deno', ...DENO], redis)],
  ['workers', (redis) => startWorker(bundle.script, redis)],
]

describe.each(RUNTIMES)('on %s', (name, start) => {
  let running: Running | undefined
  afterEach(() => running?.stop())
  const isWorker = name === 'workers'

  test('without a Redis: cached in memory, which one line says', async () => {
    running = await start()
    await tellStory({ request: running.request, confirms: !isWorker })
    const lines = running.output().split('\n')
    expect(lines.filter((line) => line.includes('in the memory of this process'))).toHaveLength(1)
    if (!isWorker) expect(lines).toHaveLength(3)
  })

  describeWithRedis('with a Redis', () => {
    const world = useBridge()
    beforeEach(() => world.server.command('FLUSHALL'))

    test('cached there, and every clear is confirmed', async () => {
      running = await start(world.bridge)
      await tellStory({ request: running.request, confirms: true })
      expect(await world.server.command('EXISTS', 'cache:clock')).toBe(1)
      expect(running.output()).not.toContain('memory')
      expect(running.output()).not.toContain(world.bridge.token)
    })
  })
})

test("wrangler's dry run builds the Worker, and it fits the free plan", () => {
  expect(bundle.log).toContain('--dry-run: exiting now.')
  expect(gzipSync(bundle.script).byteLength).toBeLessThan(3 * 1024 * 1024)
})
