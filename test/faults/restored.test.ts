/** A Redis that is as it was a while ago: a replica that lacked the latest clears has taken over, or a backup was restored. */
import { expect, test } from 'vitest'
import { type CacheOptions, cache } from '../../src/index.ts'
import { counter, type Site } from '../support/site.ts'
import { onRedis, pass, type RedisWorld } from '../support/stores.ts'

onRedis('a Redis that lacks the latest clears', (world) => {
  /** Two isolates of one app; each connection has options of its own. */
  function isolates(options: CacheOptions): readonly [Site, Site] {
    const one = world().open()
    const other = world().open({ prefix: one.options.prefix!, near: { seconds: 0 } })
    const made = counter()
    for (const { app } of [one, other]) app.get('/page', cache(options), (c) => c.text(made()))
    return [one, other]
  }

  test('has those of an isolate again as soon as it finds out, and what it stores is valid there', async () => {
    const [one] = isolates({ expire: 300 })
    await one.get('/page')
    const restore = await saved(world(), one)
    expect(await one.clear({ path: '/page' })).toBe(true)
    await restore()

    expect(await one.get('/page')).toMatchObject({ body: 'two', cache: 'fwd=miss; stored' })
    // The next request makes it again, for it is due by then.
    pass(1)
    expect((await one.get('/page')).cache).toBe('fwd=bypass; detail=clear-pending')
    expect(await one.get('/page')).toMatchObject({ body: 'four', cache: 'fwd=miss; stored' })
    expect(await one.get('/page')).toMatchObject({ body: 'four', cache: 'hit; ttl=300' })
  })

  test('does not bring back a near copy that was cleared, and whose time comes again', async () => {
    const one = world().open({ near: { seconds: 600 } })
    const made = counter()
    for (const path of ['/a', '/b'])
      one.app.get(path, cache({ expire: 300, tags: ['both'] }), (c) => c.text(made()))
    await one.get('/a')
    const restore = await saved(world(), one)
    for (const tag of ['some', 'more']) await one.clear({ tag })
    expect((await one.get('/b')).body).toBe('two')
    expect(await one.get('/b')).toMatchObject({ body: 'two', cache: 'hit; ttl=300' })
    expect(await one.clear({ tag: 'both' })).toBe(true)
    await restore()

    expect((await one.get('/a')).body).toBe('three')
    pass(1)
    await one.get('/a')
    await one.clear({ tag: 'other' })
    expect((await one.get('/b')).body).not.toBe('two')
  })

  test('without its clock, has nothing left of before, whatever is cleared then', async () => {
    const [one, other] = isolates({ expire: 300 })
    await one.get('/page')
    const restore = await saved(world(), one)
    for (const tag of ['some', 'more']) await one.clear({ tag })
    await one.clear({ path: '/page' })
    expect((await other.get('/page')).body).toBe('two')
    expect(await other.get('/page')).toMatchObject({ body: 'two', cache: 'hit; ttl=300' })
    await restore()

    await world().redis.command('DEL', `${one.options.prefix}:clock`)
    for (const tag of ['some', 'more', 'and', 'others']) await one.clear({ tag })
    expect(await other.get('/page')).toMatchObject({ body: 'three', cache: 'fwd=miss; stored' })
    expect(await other.get('/page')).toMatchObject({ body: 'three', cache: 'hit; ttl=300' })
  })
})

/** Gives what makes Redis as it is now. */
async function saved({ redis }: RedisWorld, { options }: Site): Promise<() => Promise<void>> {
  const names = (await redis.command('KEYS', `${options.prefix}:*`)) as string[]
  const values = (await redis.command('MGET', ...names)) as string[]
  return async () => {
    await redis.command('FLUSHALL')
    await redis.command('MSET', ...names.flatMap((name, i) => [name, values[i]!]))
  }
}
