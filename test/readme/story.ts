/**
 * Requests and the answers that they get, one a line, told to the app of a snippet:
 *
 *     GET /me as alice/manager with range: bytes=0-3 -> hit; ttl=60 401 = the body [a-header: its value]
 *
 * After the arrow stands the Cache-Status without the name of this cache, or `none`; the rest is left out where it does
 * not matter, and a status where it is a success. Work behind a response is awaited, and the date stands still until
 * a line says `61 seconds later`.
 */

import { setTimeout as delay } from 'node:timers/promises'
import type { ExecutionContext, Hono } from 'hono'
import { sign } from 'hono/jwt'

export const secret = 'of the README'

type App = Pick<Hono, 'request'>

const LINE =
  /^(\w+) (\S+?)(?: as (\w+)(?:\/(\w+))?)?(?: with ([\w-]+): (\S+))? -> (.*?)(?: (\d{3}))?(?: = (.*?))?(?: \[([^\]]*)\])?$/

const LATER = /^(\d+) seconds later$/

let now = Date.now()
Date.now = () => now

export async function tell(app: App, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const [, seconds] = LATER.exec(line) ?? []
    if (seconds !== undefined) {
      now += Number(seconds) * 1000
      continue
    }
    const told = await ask(app, line)
    if (told !== line) throw new Error(`expected  ${line}\n     got  ${told}`)
  }
}

async function ask(app: App, line: string): Promise<string> {
  const [, method, path, sub, role, name, value, , status, body, field] = LINE.exec(line) ?? []
  if (!method || !path) throw new Error(`this is no line of a story: ${line}`)
  const headers: Record<string, string> = { 'accept-language': 'fr' }
  if (sub) headers.authorization = `Bearer ${await sign({ sub, role: role ?? 'user' }, secret)}`

  if (name && value) headers[name] = value

  const pending: Promise<unknown>[] = []
  const context: ExecutionContext = {
    waitUntil: (promise) => void pending.push(promise),
    passThroughOnException() {},
    props: {},
  }
  const init = { method, headers, ...(method === 'PUT' && { body: 'teapot' }) }
  const response = await app.request(path, init, {}, context)
  const text = await response.text()
  // Not for ever: a clear that failed is tried again for ten minutes, and the date stands still.
  while (pending.length > 0)
    await Promise.race([Promise.all(pending.splice(0)), delay(2_000, null, { ref: false })])

  let told = `${line.split(' -> ', 1)[0]} -> `
  told += response.headers.get('cache-status')?.replace('hono-redis-cache; ', '') ?? 'none'
  if (status !== undefined || !response.ok) told += ` ${response.status}`
  if (body !== undefined) told += ` = ${text}`
  if (field !== undefined) {
    const [shown] = field.split(':', 1)
    told += ` [${shown}: ${response.headers.get(shown!)}]`
  }
  return told
}
