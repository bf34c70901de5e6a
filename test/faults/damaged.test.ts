/** Whatever stands under the names of the store that we did not write: a miss, which is overwritten; never a 500. */
import { beforeEach, expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { counter, type Site } from '../support/site.ts'
import { onRedis } from '../support/stores.ts'

/** The page in the store, and how a test changes it: its line of metadata and its body. */
type Damage = (about: Record<string, unknown>, body: string) => string

const entry = (about: object, body: string) => `hrc1 ${JSON.stringify(about)}\n${body}`

const DAMAGES: [string, Damage][] = [
  ['nothing', () => ''],
  ['another program wrote there', () => '{"cached":true}'],
  ['a number', () => '123'],
  ['a version of tomorrow', (about, body) => entry(about, body).replace('hrc1', 'hrc2')],
  ['cut short', (about) => entry(about, '').slice(0, 40)],
  ['no JSON', () => 'hrc1 {oops\nbody'],
  ['JSON of another kind', () => 'hrc1 null\nbody'],
  ['no text', ({ text: _text, ...about }, body) => entry(about, body)],
  ['another text', (about, body) => entry({ ...about, text: 'collision' }, body)],
  ['an impossible status', (about, body) => entry({ ...about, status: 99 }, body)],
  ['headers that are none', (about, body) => entry({ ...about, headers: 'x' }, body)],
  ['base64 that is none', (about) => entry({ ...about, base64: true }, '***')],
  ['a header name that is none', (about, body) => entry({ ...about, headers: [['no name', '1']] }, body)],
  [
    'a header with a line break',
    (about, body) => entry({ ...about, headers: [['x-a', '1\r\nx-b: 2']] }, body),
  ],
  [
    'a header with a control character',
    (about, body) => entry({ ...about, headers: [['x-a', '1\x01']] }, body),
  ],
  ['a header in capitals', (about, body) => entry({ ...about, headers: [['X-A', '1']] }, body)],
  ['a length', (about, body) => entry({ ...about, headers: [['content-length', '2']] }, body)],
  ['a transfer coding', (about, body) => entry({ ...about, headers: [['transfer-encoding', 'x']] }, body)],
  [
    'a validator that no request can carry, to be asked about',
    (about, body) => entry({ ...about, headers: [['last-modified', 'a\r\nx-b: 2']], validate: true }, body),
  ],
  ['a stamp that is none', (about, body) => entry({ ...about, stamp: 'x' }, body)],
  ['a record of itself', ({ text }) => entry({ text, inputs: ['x-a'], scopes: [] }, '')],
]

onRedis('a damaged store', (world) => {
  let site: Site
  beforeEach(async () => {
    site = world().open()
    const made = counter()
    site.app.get('/page', cache(), (c) => c.text(made()))
    await site.get('/page')
    expect((await site.get('/page')).body).toBe('one')
  })

  const nameOf = async (pattern: string): Promise<string> =>
    ((await world().redis.command('KEYS', `${site.options.prefix}:${pattern}`)) as string[])[0]!

  async function isMissedAndMended() {
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'two' })
    expect(await site.get('/page')).toMatchObject({ status: 200, body: 'two', cache: 'hit; ttl=60' })
  }

  test.each(DAMAGES)('an entry that is %s', async (_, damage) => {
    const { redis } = world()
    const name = await nameOf('e:*')
    const stored = String(await redis.command('GET', name))
    const end = stored.indexOf('\n')
    await redis.command('SET', name, damage(JSON.parse(stored.slice(5, end)), stored.slice(end + 1)))
    await isMissedAndMended()
  })

  test.each(['e:*', 'clock', 'a', 'n:default', 'p:*'])(
    'a value of another type under %s',
    async (pattern) => {
      const { redis } = world()
      const name = await nameOf(pattern)
      await redis.command('DEL', name)
      await redis.command('RPUSH', name, 'stray')
      await isMissedAndMended()
      expect(await site.clear()).toBe(true)
      expect((await site.get('/page')).body).toBe('three')
    },
  )

  test.each(['clock', 'a', 'n:default', 'p:*'])('a text that is no time under %s', async (pattern) => {
    await world().redis.command('SET', await nameOf(pattern), 'stray')
    expect((await site.get('/page')).status).toBe(200)
    await site.get('/page')
    expect((await site.get('/page')).cache).toBe('hit; ttl=60')
  })

  test('an entry of a 204 with a body is answered without one', async () => {
    const { redis } = world()
    const name = await nameOf('e:*')
    const stored = String(await redis.command('GET', name))
    await redis.command('SET', name, stored.replace('"status":200', '"status":204'))
    expect(await site.get('/page')).toMatchObject({ status: 204, body: '' })
  })
})
