/**
 * The site on each runtime: bundled once, then served by Node, Deno and Bun as child processes and by workerd through
 * Miniflare, all on loopback ports of their own.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'

export const RUNTIMES = ['node', 'workerd', 'deno', 'bun'] as const
export type RuntimeName = (typeof RUNTIMES)[number]

export interface Served {
  readonly port: number
  /** Sends JSON, and resolves to the JSON that comes back. */
  post<T>(path: string, json?: unknown): Promise<T>
  stop(): Promise<void>
}

export interface Bundle {
  readonly file: string
  remove(): Promise<void>
}

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const executable = (name: string): string => here(`../../node_modules/.bin/${name}`)

/** Bundles a site of this folder into one file, the same for every runtime. */
export async function bundleSite(site = 'site.ts'): Promise<Bundle> {
  const directory = await mkdtemp(join(tmpdir(), 'runtimes-'))
  const file = join(directory, 'site.mjs')
  await build({
    entryPoints: [here(site)],
    external: ['node:*'],
    outfile: file,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    // Text as text: an escape for every letter beyond ASCII would hide what a runtime makes of it.
    charset: 'utf8',
    logLevel: 'warning',
  })
  return { file, remove: () => rm(directory, { recursive: true }) }
}

export async function serve(name: RuntimeName, { file }: Bundle): Promise<Served> {
  const { port, stop } = name === 'workerd' ? await serveOnWorkerd(file) : await serveInChild(name, file)
  return {
    port,
    stop,
    async post<T>(path: string, json?: unknown) {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(json ?? null),
      })
      if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`)
      return (await response.json()) as T
    },
  }
}

const SERVE: Readonly<Record<Exclude<RuntimeName, 'workerd'>, readonly string[]>> = {
  node: [here('serve.ts')],
  deno: ['run', '--quiet', '--no-check', '--allow-net', '--allow-read', here('serve.ts')],
  bun: ['run', here('serve.ts')],
}

async function serveInChild(name: keyof typeof SERVE, file: string) {
  const child = spawn(executable(name), [...SERVE[name], file], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const printed = once(createInterface(child.stdout), 'line')
  const failed = exited.then(([code]) => Promise.reject(new Error(`${name} ended with ${code}`)))
  failed.catch(() => {})
  const [line] = (await Promise.race([printed, failed])) as [string]
  return {
    port: Number(line),
    async stop() {
      child.kill()
      await exited
    },
  }
}

async function serveOnWorkerd(file: string) {
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules: [{ type: 'ESModule', path: 'site.mjs', contents: await readFile(file, 'utf8') }],
      compatibilityDate: '2026-11-17',
      // For AsyncLocalStorage, and so for hono/context-storage.
      compatibilityFlags: ['nodejs_compat'],
      host: '127.0.0.1',
      port: 0,
    }),
  )
  const { port } = await miniflare.ready
  return { port: Number(port), stop: () => miniflare.dispose() }
}
