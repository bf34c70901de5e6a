/** The quick start, followed as a person would: the server started, and asked what the README asks it. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A server on a free port, and how to end it. */
export async function start([name, ...args]: readonly string[], cwd: string) {
  const { UPSTASH_REDIS_REST_URL, KV_REST_API_URL, UPSTASH_REDIS_REST_TOKEN, KV_REST_API_TOKEN, ...rest } =
    process.env
  const child = spawn(name!, args, { cwd, env: { ...rest, PORT: '0' } })
  const exited = once(child, 'exit')
  let output = ''
  const port = await new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
        const [, found] = /^Port (\d+)\n/m.exec(output) ?? []
        if (found) resolve(Number(found))
      })
    }
    child.once('error', reject)
    exited.then(() => reject(new Error(`it ended: ${output}`)))
  })
  return {
    port,
    output: () => output,
    async stop() {
      child.kill()
      await exited
    },
  }
}

/** What the README's curl shows: with `-i` the line of the header that matters, else the body. */
export async function curl(line: string, port: number): Promise<string> {
  const [, include, method = 'GET', path] =
    /^curl (-i )?(?:-X (\w+) )?http:\/\/localhost:3000(\/\S*)$/.exec(line) ?? []
  if (!path) throw new Error(`this is no line that the test understands: ${line}`)
  const response = await fetch(`http://localhost:${port}${path}`, { method })
  const body = await response.text()
  return include ? `cache-status: ${response.headers.get('cache-status')}` : body
}
