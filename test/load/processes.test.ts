/** A stampede on four processes that share a Redis: the handler runs once, also where the first to run it is killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface, type Interface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { onRedis } from '../support/stores.ts'
import type { Account, Setting } from './isolate.ts'

interface Isolate {
  readonly child: ChildProcess
  /** The next line that it prints. */
  line(): Promise<string>
  go(): void
}

const started: ChildProcess[] = []

async function start(setting: Setting): Promise<Isolate> {
  const file = fileURLToPath(new URL('isolate.ts', import.meta.url))
  const child = spawn('node', [file, JSON.stringify(setting)], { stdio: ['pipe', 'pipe', 'inherit'] })
  started.push(child)
  const lines: AsyncIterator<string> = (createInterface(child.stdout) as Interface)[Symbol.asyncIterator]()
  const line = async () => (await lines.next()).value as string
  expect(await line()).toBe('ready')
  return { child, line, go: () => void child.stdin.write('go\n') }
}

const accountOf = async (isolate: Isolate): Promise<Account> => JSON.parse(await isolate.line())

onRedis('four processes with a lease', (world) => {
  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  })

  test('a hundred requests in each of them run the handler once', async () => {
    const { url, token } = world().bridge
    const setting = { url, token, prefix: 'stampede' }
    const isolates = await Promise.all([1, 2, 3, 4].map(() => start(setting)))
    for (const isolate of isolates) isolate.go()
    const accounts = await Promise.all(isolates.map(accountOf))
    expect(accounts.reduce((sum, { runs }) => sum + runs, 0)).toBe(1)
    expect(new Set(accounts.flatMap(({ bodies }) => bodies)).size).toBe(1)
  })

  test('with the holder killed, all are answered within the lease’s time', async () => {
    const { url, token } = world().bridge
    const setting = { url, token, prefix: 'killed' }
    const holder = await start({ ...setting, hangs: true })
    const others = await Promise.all([1, 2, 3].map(() => start(setting)))
    holder.go()
    expect(await holder.line()).toBe('handling')
    holder.child.kill('SIGKILL')
    for (const isolate of others) isolate.go()
    for (const { bodies, longest } of await Promise.all(others.map(accountOf))) {
      expect(bodies.every((body) => body.startsWith('made by'))).toBe(true)
      // Two seconds of lease, the handler, and some time for a busy machine.
      expect(longest).toBeLessThan(4_500)
    }
  })
})
