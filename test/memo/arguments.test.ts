/** The arguments of a memo: what the function sees is what the key was made of, and only a plain object makes one. */
import { expect, test } from 'vitest'
import { memoize } from '../../src/index.ts'
import { onBothStores, pass } from '../support/stores.ts'

onBothStores('the arguments of a memo', (open) => {
  test('one object that is filled anew for each call: each value lies under its own key', async () => {
    const site = open()
    const load = memoize(({ id }: { id: number }) => `secret of ${id}`, { name: 'load' })
    site.app.get('/all', async (c) => {
      const args = { id: 0 }
      const calls: Promise<string>[] = []
      for (const id of [1, 2]) {
        args.id = id
        calls.push(load(c, args))
      }
      args.id = 3
      return c.json(await Promise.all(calls))
    })
    site.app.get('/:id', async (c) => c.text(await load(c, { id: Number(c.req.param('id')) })))
    expect((await site.get('/all')).body).toBe('["secret of 1","secret of 2"]')
    for (const id of [1, 2, 3]) expect((await site.get(`/${id}`)).body).toBe(`secret of ${id}`)
  })

  test('what is changed deep in them after the call, or by the function of tags, the function does not see', async () => {
    const site = open()
    const load = memoize(({ filter }: { filter: { ids: number[] }[] }) => filter, {
      name: 'load',
      tags: ({ filter }) => filter[0]!.ids.sort().map(String),
    })
    site.app.get('/', async (c) => {
      const ids = [2, 1]
      const filter = [{ ids }]
      const loading = load(c, { filter })
      ids.push(3)
      filter.push({ ids })
      return c.json(await loading)
    })
    expect((await site.get('/')).body).toBe('[{"ids":[2,1]}]')
  })

  test('what is changed while a stale value is made anew behind the answer, it does not see either', async () => {
    const site = open()
    const seen: string[] = []
    const load = memoize(({ user }: { user: { id: string } }) => seen.push(user.id), {
      name: 'load',
      staleWhileRevalidate: 600,
    })
    site.app.get('/', async (c) => {
      const user = { id: 'ada' }
      const loading = load(c, { user })
      user.id = 'eve'
      return c.json(await loading)
    })
    await site.get('/')
    pass(70)
    await site.get('/')
    expect(seen).toEqual(['ada', 'ada'])
  })

  test('what the function does to them, the caller does not see', async () => {
    const site = open()
    const load = memoize(({ ids }: { ids: number[] }) => ids.reverse(), { name: 'load' })
    site.app.get('/', async (c) => {
      const ids = [1, 2]
      await load(c, { ids })
      return c.json(ids)
    })
    for (let time = 1; time <= 2; time++) expect((await site.get('/')).body).toBe('[1,2]')
  })

  test('a dependency comes in as itself, whoever excludes it', async () => {
    const site = open({ exclude: ['log'] })
    const dependencies = { db: { rows: ['ada'] }, log: [] as unknown[] }
    const load = memoize(
      ({ db, log }: typeof dependencies) => [db === dependencies.db, log === dependencies.log],
      { name: 'load', exclude: ['db'] },
    )
    site.app.get('/', async (c) => c.json(await load(c, dependencies)))
    expect((await site.get('/')).body).toBe('[true,true]')
  })

  test('no arguments are an object without any, to the key and to the function', async () => {
    const site = open()
    let calls = 0
    const load = memoize((args: object) => `${JSON.stringify(args)}, call ${++calls}`, { name: 'load' })
    site.app.get('/none', async (c) => c.text(await load(c, undefined as unknown as object)))
    site.app.get('/empty', async (c) => c.text(await load(c, {})))
    expect((await site.get('/none')).body).toBe('{}, call 1')
    expect((await site.get('/empty')).body).toBe('{}, call 1')
  })

  test.each<[string, unknown]>([
    ['an array', [1, 2]],
    ['an empty array', []],
    ['null', null],
    ['a number', 7],
    ['zero', 0],
    ['NaN', Number.NaN],
    ['a text', '7'],
    ['an empty text', ''],
    ['false', false],
    ['a function', () => 7],
  ])('%s in the place of them is refused, since its key would be that of others', async (_, args) => {
    const site = open()
    const load = memoize(() => 'value', { name: 'load' })
    site.app.onError((error, c) => c.text(`${error instanceof TypeError} ${error.message}`, 500))
    site.app.get('/', async (c) => c.text(await load(c, args as object)))
    expect((await site.get('/')).body).toBe(
      'true memoize(load): the arguments must be one plain object, such as { id }',
    )
    expect(site.events).toEqual([])
  })
})
