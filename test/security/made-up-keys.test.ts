/** Names that a client may choose, as keys and as paths: they must not stand for those of others, nor be out of reach. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { md5 } from '../../src/key/md5.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('a name that a client has made up', (open) => {
  test('as a built key takes the place of no page whose key is an MD5', async () => {
    const site = open()
    site.app.get('/home', cache(), (c) => c.text('home'))
    site.app.get('/search', cache({ keyBuilder: (c) => c.req.query('q') }), (c) => c.text('found'))
    await site.get('/home')
    const key = md5.hex(JSON.stringify(['GET', 'http://localhost', '/home', [], [], null]))
    expect(site.events.at(-1)).toMatchObject({ type: 'stored', key })
    await site.get(`/search?q=${key}`)
    expect((await site.get('/home')).cache).toBe('hit; ttl=60')
    expect((await site.get(`/search?q=${key}`)).cache).toBe('hit; ttl=60')
    expect(await site.clear({ key })).toBe(true)
    expect((await site.get(`/search?q=${key}`)).cache).toBe('fwd=miss; stored')
  })

  test.each(['%41lice', '100%', '%25', 'a%2Fb', '%C3%A9', 'é%00'])(
    'as a part of a path is cleared as it is: %j',
    async (name) => {
      const site = open()
      site.app.get('/users/:name', cache(), (c) => c.text(c.req.param('name')))
      const url = `/users/${encodeURIComponent(name)}`
      for (const path of [`/users/${name}`, url]) {
        expect((await site.get(url)).body).toBe(name)
        expect((await site.get(url)).cache).toBe('hit; ttl=60')
        await site.clear({ path })
        expect((await site.get(url)).cache).toBe('fwd=miss; stored')
      }
    },
  )
})
