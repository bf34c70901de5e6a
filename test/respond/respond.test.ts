/** One answer, whichever Response the platform has: the native one, or that of Node's adapter, which keeps records. */

import { getRequestListener } from '@hono/node-server'
import fc from 'fast-check'
import { Context } from 'hono'
import { afterEach, expect, test } from 'vitest'
import type { Field } from '../../src/http/fields.ts'
import { responseOf } from '../../src/respond/respond.ts'

const native = globalThis.Response
getRequestListener(() => new native())
const adapters = globalThis.Response

afterEach(() => {
  globalThis.Response = adapters
})

type Above = readonly (readonly [name: string, value: string])[]

type Body = Parameters<typeof responseOf>[2]

type Added = Parameters<typeof responseOf>[3]['added']

const ADDED: Added = {
  age: '1',
  'cache-status': 'hit',
  'content-range': 'bytes 0-3/9',
  'cache-control': 'no-cache',
}
const SPARSE: Added = { ...ADDED, 'content-range': undefined, 'cache-control': undefined }

/** For the second time: what the first has found out about the stored fields is remembered. */
function respond(
  Class: typeof Response,
  above: Above,
  stored: readonly Field[],
  body: Body,
  added: Added = ADDED,
) {
  globalThis.Response = Class
  const once = () => {
    const c = new Context(new Request('http://localhost/'))
    for (const [name, value] of above) c.header(name, value, { append: true })
    return responseOf(c, 200, body, { stored, added })
  }
  once()
  return once()
}

async function told(response: Response) {
  // Of a list with an empty member Node's Headers lose a space when they are copied.
  const headers = [...response.headers].map(([name, value]) => [name, value.replace(/, (?=,|$)/g, ',')])
  return { status: response.status, headers, body: await response.text() }
}

const value = fc.string({ unit: fc.constantFrom(...'ab ,;="/é'), minLength: 1 }).map((text) => text.trim())
const appended = fc.constantFrom('vary', 'etag', 'set-cookie', 'x-a', 'cache-status', '__proto__')
const name = fc.oneof(appended, fc.constant('content-type'))
const field = fc.oneof(
  fc.tuple(name, value),
  fc.tuple(appended, value, fc.constant<'append'>('append')),
) as fc.Arbitrary<Field>

/** Fields that a record, which has each name once, would lose; and such as it has to join, or to replace. */
const EXAMPLES: [Above, Field[], string, Added][] = [
  [
    [
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=1'],
    ],
    [['content-type', 'text/plain']],
    'body',
    ADDED,
  ],
  [
    [],
    [
      ['content-type', 'text/plain'],
      ['__proto__', '1'],
    ],
    'body',
    ADDED,
  ],
  [
    [],
    [
      ['content-type', 'text/plain'],
      ['cache-status', 'origin; hit'],
    ],
    'body',
    SPARSE,
  ],
  [
    [
      ['x-list', 'above'],
      ['x-own', 'above'],
    ],
    [
      ['content-type', 'text/plain'],
      ['x-list', 'stored', 'append'],
      ['x-own', 'stored'],
      ['x-alone', 'stored', 'append'],
    ],
    'body',
    ADDED,
  ],
]

test('the adapter answers as the platform does, whatever is stored and whatever was set above', async () => {
  const unique = fc.uniqueArray(field, { selector: ([name]) => name })
  const above = fc.array(fc.tuple(name, value), { maxLength: 4 }) as fc.Arbitrary<Above>
  const bytes = fc.uint8Array() as fc.Arbitrary<Uint8Array<ArrayBuffer>>
  const body = fc.option(fc.oneof(fc.string(), bytes))
  const added = fc.constantFrom<Added[]>(ADDED, SPARSE)
  await fc.assert(
    fc.asyncProperty(above, unique, body, added, async (above, fields, body, added) => {
      // To bytes without a type the adapter gives one when it writes them; see node-adapter.test.ts.
      fc.pre(!(body instanceof Uint8Array) || fields.some(([name]) => name === 'content-type'))
      const expected = await told(respond(native, above, fields, body, added))
      expect(await told(respond(adapters, above, fields, body, added))).toEqual(expected)
    }),
    { examples: EXAMPLES },
  )
})

test('what is prepared on the Context stays as it is', () => {
  for (const Class of [native, adapters]) {
    globalThis.Response = Class
    const c = new Context(new Request('http://localhost/'))
    c.header('set-cookie', 'above=1')
    const stored: Field[] = [
      ['content-type', 'text/plain'],
      ['x-stored', '1'],
    ]
    responseOf(c, 200, 'body', { stored, added: ADDED })
    expect([...c.newResponse(null).headers]).toEqual([['set-cookie', 'above=1']])
  }
})

test.each(['two\r\nlines', 'a snowman ☃'])(
  'a value that is none, %j, makes no response on either',
  (value) => {
    for (const Class of [native, adapters]) {
      const fields: Field[] = [
        ['content-type', 'text/plain'],
        ['x-a', value],
      ]
      expect(() => respond(Class, [], fields, 'body')).toThrow(TypeError)
    }
  },
)

/** As that of `@hono/node-server` 1.15 to 2.0.0: whoever asks for anything but its headers gets what it was made of. */
class Forgetful {
  readonly #body: BodyInit | null
  readonly #init: ResponseInit
  #headers: Headers | undefined
  #native: Response | undefined

  constructor(body: BodyInit | null, init: ResponseInit) {
    this.#body = body
    this.#init = init
  }

  get headers(): Headers {
    if (this.#native) return this.#native.headers
    const { headers } = this.#init
    this.#headers ??= headers instanceof Headers ? headers : new Headers(headers)
    return this.#headers
  }

  get bodyUsed(): boolean {
    this.#native ??= new native(this.#body, this.#init)
    return this.#native.bodyUsed
  }
}

test.each<[string, Above]>([
  ['', []],
  [', beside what was set above', [['x-above', '1']]],
])('a Response that forgets what is changed in its headers keeps them all the same%s', (_, above) => {
  const stored: Field[] = [
    ['content-type', 'text/plain'],
    ['x-stored', '1'],
  ]
  const response = respond(Forgetful as unknown as typeof Response, above, stored, 'body')
  // As middleware above does after `next()`, before somebody asks for more.
  response.headers.set('x-after', '1')
  void response.bodyUsed
  const expected = [...stored, ...Object.entries(ADDED), ...above, ['x-after', '1']]
  expect([...response.headers]).toEqual(expected.sort())
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
