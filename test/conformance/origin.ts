/** The suite's origin server, in a process of its own, configured as its package.json would: by npm's environment. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Origin {
  readonly url: URL
  stop(): Promise<void>
}

const PRELOAD = new URL('./origin-preload.ts', import.meta.url).href

/** @param show whether to print what it says */
export async function startOrigin(engine: string, show: boolean): Promise<Origin> {
  const dir = mkdtempSync(join(tmpdir(), 'conformance-origin-'))
  const child = spawn(process.execPath, ['--import', PRELOAD, join(engine, 'server/server.mjs')], {
    cwd: engine,
    env: {
      ...process.env,
      npm_config_protocol: 'http',
      npm_config_port: '0',
      npm_config_pidfile: join(dir, 'server.pid'),
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const url = await Promise.race([
    once(lines, 'line').then(([line]: string[]) => new URL(/http:\S+/.exec(line!)![0])),
    exited.then(([code]) => Promise.reject(new Error(`the origin ended with ${code}`))),
  ])
  // Whether shown or not, it must be read, or the origin would come to a halt at a full pipe.
  lines.on('line', (line) => show && console.log(line))
  return {
    url,
    async stop() {
      child.stdin.end()
      await exited
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
