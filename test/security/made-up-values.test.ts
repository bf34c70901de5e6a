/**
 * A route that reads a header makes variants of its values, and the values are the client's to make up. Sixteen of them
 * in a row stop the storing of more; for those who share a value that is one miss more, and not a minute without a cache.
 */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { gate } from '../support/gate.ts'
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

  test('keep nobody waiting who asks for another, where the makers take a lease', async () => {
    const site = open()
    const { pass, open: answer, arrived } = gate()
    site.app.get('/page', cache({ lease: true }), async (c) => {
      const language = c.req.header('accept-language')
      if (language === 'x-slow') await pass()
      return c.text(`in ${language}`)
    })
    await site.get('/page', asking('de'))
    const stranger = site.fetch('/page', asking('x-slow'))
    await arrived
    const others = site.fetch('/page', asking('fr')).then((answered) => answered.text())
    const late = new Promise((resolve) => setTimeout(resolve, 1000, 'not yet'))
    expect(await Promise.race([others, late])).toBe('in fr')
    answer()
    await stranger
    await site.settle()
  })

  test.each([
    ['a long one', [Array.from({ length: 224 }, () => 'aaaaaaaa').join('-')]],
    ['many', Array.from({ length: 250 }, (_, i) => `x${String.fromCharCode(97 + (i % 26), 97 + i / 26)}`)],
  ])('do not keep the others out where a handler answers in any of them: %s', async (_, languages) => {
    const site = open()
    site.app.get('/page', cache({ policy: 'standard', expire: 60 }), (c) => {
      const [language = 'en'] = (c.req.header('accept-language') ?? '').split(',')
      return c.text(`in ${language}`, 200, { vary: 'Accept-Language', 'content-language': language })
    })
    for (const language of languages) await site.get('/page', asking(language))
    await site.get('/page', asking('fr'))
    await site.get('/page', asking('fr'))
    expect(await site.get('/page', asking('fr'))).toMatchObject({ body: 'in fr', cache: 'hit; ttl=60' })
  })
})
