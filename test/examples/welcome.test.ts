/** The index page promises curl lines: each of them must work as it stands there. */

import { memoryStore } from 'hono-redis-cache'
import { expect, test } from 'vitest'
import { createApp } from '../../examples/app.ts'
import { welcome } from '../../examples/welcome.ts'

const ORIGIN = 'http://127.0.0.1:3000'
const app = createApp({ store: memoryStore() })

interface Line {
  readonly method: string
  readonly url: string
  readonly body?: string
}

/** What curl would send for a line of the page. */
function read(line: string): Line {
  const [, method = 'GET'] = /-X (\S+)/.exec(line) ?? []
  const [url] = /http:[^\s']+/.exec(line)!
  const [, body] = /-d (\S+)/.exec(line) ?? []
  return { method, url, ...(body && { body }) }
}

const lines = welcome(ORIGIN)
  .split('\n')
  .filter((line) => line.startsWith('  curl '))

test('the page names its own origin and shows every kind of request', async () => {
  expect(await (await app.request(ORIGIN)).text()).toBe(welcome(ORIGIN))
  const kinds = lines.map(
    (line) => `${read(line).method} ${new URL(read(line).url).pathname.split('/', 3)[1]}`,
  )
  expect(new Set(kinds)).toEqual(
    new Set(['GET confusable', 'GET countries', 'PUT countries', 'DELETE cache']),
  )
})

test.each(lines)('%s', async (line) => {
  const { url, ...init } = read(line)
  const response = await app.request(url, init)
  expect(response.status).toBe(200)
  if (init.method === 'DELETE') expect(await response.json()).toEqual({ cleared: true })
  else expect(response.headers.get('cache-status')).toContain('hono-redis-cache; ')
})
