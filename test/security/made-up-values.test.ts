/**
 * A route that reads a header makes variants of its values, and the values are the client's to make up. Sixteen of them
 * in a row stop the storing of more; for those who share a value that is one miss more, and not a minute without a cache.
 */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { onBothStores, pass } from '../support/stores.ts'

const asking = (language: string): RequestInit => ({ headers: { 'accept-language': language } })

onBothStores('languages that a stranger has made up', (open) => {
  function attacked() {
    const site = open()
    let runs = 0
    site.app.get('/page', cache({ expire: 60 }), (c) => {
      runs++
      return c.text(`in ${c.req.header('accept-language')}`)
    })
    return {
      ...site,
      runs: () => runs,
      attack: async () => {
        for (let i = 0; i < 18; i++) await site.get('/page', asking(`x-${crypto.randomUUID()}`))
      },
    }
  }

  test('stop the storing of what nobody asks for twice', async () => {
    const { get, attack, transcript } = attacked()
    await attack()
    await get('/page', asking('x-one-more'))
    expect(transcript().at(-1)).toMatch(/^not-stored GET \/page \{reason: too-many-variants/)
  })

  test('leave the others their cache, minute after minute', async () => {
    const { get, attack, runs } = attacked()
    for (let minute = 0; minute < 3; minute++) {
      await attack()
      const before = runs()
      for (let second = 0; second < 30; second++) await get('/page', asking('de'))
      expect(runs() - before).toBeLessThanOrEqual(2)
      expect(await get('/page', asking('de'))).toMatchObject({ body: 'in de', cache: 'hit; ttl=60' })
      pass(61)
    }
  })
})
