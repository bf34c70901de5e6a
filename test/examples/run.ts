/**
 * The examples as a user starts them: entry points as processes of their own, and the Worker as wrangler bundles it.
 *
 * Nothing of the tests' own environment names a Redis to them. They listen on a free port and say which.
 */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'

export const ROOT = new URL('../..', import.meta.url).pathname
const BIN = join(ROOT, 'node_modules/.bin')

/** What `UPSTASH_REDIS_REST_URL` and `_TOKEN` are to be. */
export interface Credentials {
  readonly url: string
  readonly token: string
}

export interface Running {
  readonly request: (path: string, init?: RequestInit) => Promise<Response>
  /** What it has printed so far. */
  readonly output: () => string
  stop(): Promise<void>
}

export function requireDist(): void {
  if (existsSync(join(ROOT, 'dist/index.js'))) return
  throw new Error('dist is missing, and the examples import the package from there: `npm run build` first')
}

function environment(redis: Credentials | undefined): Record<string, string | undefined> {
  const { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, KV_REST_API_URL, KV_REST_API_TOKEN, ...rest } =
    process.env
  return { ...rest, ...variables(redis), PATH: `${BIN}:${process.env.PATH}`, WRANGLER_SEND_METRICS: 'false' }
}

const variables = (redis: Credentials | undefined): Record<string, string> =>
  redis ? { UPSTASH_REDIS_REST_URL: redis.url, UPSTASH_REDIS_REST_TOKEN: redis.token } : {}

/** Starts an entry point and waits for the line that names its URL. */
export async function startProcess(command: readonly string[], redis?: Credentials): Promise<Running> {
  requireDist()
  const [name, ...args] = command
  const child = spawn(join(BIN, name!), args, {
    cwd: ROOT,
    env: { ...environment(redis), PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  let output = ''
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const [, found] = /Listening on (http:\S+)\n/.exec(output) ?? []
        if (found) resolve(found)
      })
    }
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${command.join(' ')} ended: ${output}`)))
  })
  return {
    request: (path, init) => fetch(url + path, init),
    output: () => output,
    async stop() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** The Worker's script as `wrangler deploy` would upload it. */
export async function bundleWorker(): Promise<{ script: string; log: string }> {
  requireDist()
  const directory = mkdtempSync(join(tmpdir(), 'example-worker-'))
  try {
    const { stdout, stderr } = await promisify(execFile)(
      join(BIN, 'wrangler'),
      ['deploy', '--dry-run', '--outdir', directory],
      { cwd: ROOT, env: environment(undefined) },
    )
    return { script: readFileSync(join(directory, 'worker.js'), 'utf8'), log: stdout + stderr }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Runs that script in workerd. */
export async function startWorker(script: string, redis?: Credentials): Promise<Running> {
  const [, compatibilityDate] = /compatibility_date = "(.*)"/.exec(
    readFileSync(join(ROOT, 'wrangler.toml'), 'utf8'),
  )!
  let output = ''
  const worker = new Miniflare({
    ...convertV4MiniflareOptions({
      modules: true,
      script,
      compatibilityDate: compatibilityDate!,
      bindings: variables(redis),
      host: '127.0.0.1',
      cf: false,
    }),
    handleStructuredLogs: ({ message }) => {
      output += `${message}\n`
    },
  })
  const url = (await worker.ready).origin
  return {
    request: (path, init) => fetch(url + path, init),
    output: () => output,
    stop: () => worker.dispose(),
  }
}
