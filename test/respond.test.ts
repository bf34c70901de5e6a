/** One answer, whichever Response the platform has: the native one, or that of Node's adapter, which keeps records. */

import { getRequestListener } from '@hono/node-server'
import fc from 'fast-check'
import { Context } from 'hono'
import { afterEach, expect, test } from 'vitest'
import type { Field } from '../src/http/fields.ts'
import { responseOf } from '../src/respond.ts'

const native = globalThis.Response
getRequestListener(() => new native())
const adapters = globalThis.Response

afterEach(() => {
  globalThis.Response = adapters
})

type Above = readonly (readonly [name: string, value: string])[]

function respond(Class: typeof Response, above: Above, fields: readonly Field[], body: string | null) {
  globalThis.Response = Class
  const c = new Context(new Request('http://localhost/'))
  for (const [name, value] of above) c.header(name, value, { append: true })
  return responseOf(c, 200, body, fields)
}

async function told(response: Response) {
  return { status: response.status, headers: [...response.headers], body: await response.text() }
}

const value = fc.string({ unit: fc.constantFrom(...'ab ,;="/é'), minLength: 1 }).map((text) => text.trim())
const added = fc.constantFrom('vary', 'etag', 'set-cookie', 'x-a', 'cache-status', '__proto__')
const name = fc.oneof(added, fc.constant('content-type'))
const field = fc.oneof(
  fc.tuple(name, value),
  fc.tuple(added, value, fc.constant<'append'>('append')),
) as fc.Arbitrary<Field>

test('the adapter answers as the platform does, whatever is stored and whatever was set above', async () => {
  const unique = fc.uniqueArray(field, { selector: ([name]) => name })
  const above = fc.array(fc.tuple(name, value), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(above, unique, fc.option(fc.string()), async (above, fields, body) => {
      const expected = await told(respond(native, above, fields, body))
      expect(await told(respond(adapters, above, fields, body))).toEqual(expected)
    }),
  )
})

test.each<Field>([
  ['x-a', 'two\r\nlines'],
  ['x-a', 'a snowman ☃'],
  ['no name', 'value'],
  ['', 'value'],
])('a field that nobody but a stranger can have stored, %j, makes no response on either', (...field) => {
  const type: Field = ['content-type', 'text/plain']
  for (const Class of [native, adapters]) {
    expect(() => respond(Class, [], [type, field as unknown as Field], 'body')).toThrow(TypeError)
  }
})

test('its headers reach the adapter as a record, and no Headers is made of them unless somebody asks', () => {
  let made = 0
  const Headers = globalThis.Headers
  globalThis.Headers = class extends Headers {
    constructor(init?: HeadersInit) {
      super(init)
      if (init) made++
    }
  }
  try {
    const response = respond(adapters, [], [['content-type', 'text/plain']], 'body')
    expect(made).toBe(0)
    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(made).toBe(1)
  } finally {
    globalThis.Headers = Headers
  }
})
