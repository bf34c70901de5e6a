/** `awaitStore`: whoever has read an answer to its end finds it stored. Without it the client never waits. */
import { stream } from 'hono/streaming'
import { expect, test, vi } from 'vitest'
import { cache, memoryStore } from '../../src/index.ts'
import { gate } from '../support/gate.ts'
import { fresh, originAt, type Reply } from '../support/origin.ts'
import { counter, openSite, read } from '../support/site.ts'
import { fakeDate, onBothStores, pass } from '../support/stores.ts'

const REPLY: Reply = { headers: { ...fresh(60), etag: '"v1"' } }

onBothStores('awaitStore', (open) => {
  test.each<[string, Reply, RequestInit]>([
    ['a body', REPLY, {}],
    ['an empty body', { ...REPLY, body: '' }, {}],
    ['no body at all', { ...REPLY, status: 204 }, {}],
    ['a 304 to a client that has it', REPLY, { headers: { 'if-none-match': '"v1"' } }],
  ])('the next request finds it: %s', async (_, reply, init) => {
    const site = originAt(open(), [reply], { awaitStore: true })
    const { status = 200 } = init.headers ? { status: 304 } : reply
    expect((await read(await site.fetch('/page', init))).status).toBe(status)
    expect((await read(await site.fetch('/page'))).cache).toBe('hit; ttl=60')
  })

  test('and what was renewed, by a 304 or by HEAD', async () => {
    const site = originAt(open(), [REPLY, { status: 304 }, { headers: { ...REPLY.headers, ...fresh(90) } }], {
      awaitStore: true,
    })
    await read(await site.fetch('/page'))
    pass(60)
    await read(await site.fetch('/page'))
    expect((await read(await site.fetch('/page'))).cache).toBe('hit; ttl=60')
    pass(60)
    await read(await site.fetch('/page', { method: 'HEAD' }))
    expect((await read(await site.fetch('/page'))).cache).toBe('hit; ttl=90')
  })

  test('a failure on the way to the store neither breaks the body nor lets anybody wait', async () => {
    const site = open()
    const made = counter()
    site.app.get('/page', cache({ awaitStore: true, coalesceWait: 60 }), (c) => c.text(made()))
    const digest = vi.spyOn(crypto.subtle, 'digest').mockRejectedValue(new Error('no digest'))
    try {
      const answers = await Promise.all([site.get('/page'), site.get('/page')])
      expect(answers.map(({ body }) => body).sort()).toEqual(['one', 'two'])
      expect(site.transcript()).toContain('not-stored GET /page {reason: error}')
    } finally {
      digest.mockRestore()
    }
    expect(await site.get('/page')).toMatchObject({ body: 'three', cache: 'fwd=uri-miss; stored' })
  })

  test('the body is whole, in its order', async () => {
    const chunks = ['first ', '', 'second ', 'third', '.']
    const site = open()
    site.app.get('/page', cache({ expire: 60, awaitStore: true }), (c) => {
      const rest = chunks.map((chunk) => new TextEncoder().encode(chunk))
      return c.body(
        new ReadableStream<Uint8Array>({
          pull(controller) {
            const chunk = rest.shift()
            if (chunk) controller.enqueue(chunk)
            else controller.close()
          },
        }),
      )
    })
    expect((await site.get('/page')).body).toBe('first second third.')
    expect((await site.get('/page')).body).toBe('first second third.')
  })
})

/** A store whose commits, after the first so many, wait until they are let go. */
function held(after = 0) {
  let letGo = () => {}
  const until = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const store = memoryStore()
  let commits = 0
  const commit: typeof store.commit = async (commit) => {
    if (commits++ >= after) await until
    return store.commit(commit)
  }
  return { letGo, store: { ...store, commit } }
}

fakeDate()

test('the end waits for the store', async () => {
  const { store, letGo } = held()
  const site = originAt(openSite({ store }), [REPLY], { awaitStore: true })
  const answer = await site.fetch('/page')
  let ended = false
  const reading = answer.text().then(() => {
    ended = true
  })
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(ended).toBe(false)
  letGo()
  await reading
})

/** A client that reads `/page` chunk by chunk, of a handler that asks for what the client has to say in between. */
async function dialogue(headers: Record<string, string>) {
  const { store, letGo } = held()
  const site = openSite({ store })
  const answered = gate()
  site.app.get('/page', cache({ awaitStore: true }), (c) => {
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    return stream(c, async (out) => {
      await out.write('ready?')
      await answered.pass()
      await out.write('done')
      // No bytes: those before them are the last.
      await out.write('')
    })
  })
  const reader = (await site.fetch('/page')).body!.getReader()
  const next = async () => {
    const { done, value } = await reader.read()
    return done ? 'end' : new TextDecoder().decode(value)
  }
  return { next, answer: answered.open, letGo }
}

/** What has come of it once everything that can go on without the store has. */
const soFar = <T>(promise: Promise<T>): Promise<T | 'nothing yet'> =>
  Promise.race([
    promise,
    new Promise<'nothing yet'>((resolve) => setTimeout(() => resolve('nothing yet'), 10)),
  ])

test('what comes before the end does not wait: the handler may wait for what the client says to it', async () => {
  const { next, answer, letGo } = await dialogue({})
  expect(await next()).toBe('ready?')
  answer()
  expect(await next()).toBe('done')
  const end = next()
  expect(await soFar(end)).toBe('nothing yet')
  letGo()
  expect(await end).toBe('end')
})

test('where there is a Content-Length its last bytes are the end, and wait', async () => {
  const { next, answer, letGo } = await dialogue({ 'content-length': '10' })
  const first = next()
  answer()
  expect(await first).toBe('ready?')
  const last = next()
  expect(await soFar(last)).toBe('nothing yet')
  letGo()
  expect(await last).toBe('done')
  expect(await next()).toBe('end')
})

test.each<[string, number, Reply, RequestInit]>([
  ['has no body', 204, { ...REPLY, status: 204 }, {}],
  ['has no bytes', 200, { headers: { ...REPLY.headers, 'content-length': '0' }, body: '' }, {}],
  ['says that the client has it', 304, REPLY, { headers: { 'if-none-match': '"v1"' } }],
])('what %s has ended where it begins: all of it waits', async (_, status, reply, init) => {
  const { store, letGo } = held()
  const site = originAt(openSite({ store }), [reply], { awaitStore: true })
  const answer = Promise.resolve(site.fetch('/page', init))
  expect(await soFar(answer)).toBe('nothing yet')
  letGo()
  expect(await read(await answer)).toMatchObject({ status, body: '' })
})

test.each([
  ['304', 'GET', { status: 304 }],
  ['304', 'HEAD', { status: 304 }],
  ['200', 'HEAD', { headers: { ...REPLY.headers, ...fresh(90) } }],
])('and for what a %s to a %s has renewed', async (_, method, reply) => {
  const { store, letGo } = held(1)
  const site = originAt(openSite({ store }), [REPLY, reply], { awaitStore: true })
  await read(await site.fetch('/page'))
  pass(60)
  let ended = false
  const reading = Promise.resolve(site.fetch('/page', { method }))
    .then(read)
    .then(() => {
      ended = true
    })
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect(ended).toBe(false)
  letGo()
  await reading
})

test.each<[string, number, Reply[]]>([
  ['made', 0, [REPLY]],
  ['renewed', 1, [REPLY, { status: 304 }]],
])('by default what was %s does not', async (_, after, replies) => {
  const { store, letGo } = held(after)
  const site = originAt(openSite({ store }), replies)
  for (let i = 0; i <= after; i++) {
    expect(await soFar(Promise.resolve(site.fetch('/page')).then((answer) => answer.text()))).toBe('one')
    pass(60)
  }
  letGo()
  await site.settle()
})

test('a store that fails ends the answer all the same', async () => {
  const store = { ...memoryStore(), commit: () => Promise.reject(new Error('down')) }
  const site = originAt(openSite({ store }), [REPLY], { awaitStore: true })
  expect(await (await site.fetch('/page')).text()).toBe('one')
})
