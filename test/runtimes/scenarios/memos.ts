/**
 * Plain functions that are memoized: their keys, their values, and pages made of them.
 */
import { cache, memoize } from '../../../src/index.ts'
import type { Scenario } from '../stage.ts'

const ARGUMENTS: readonly unknown[] = [
  undefined,
  null,
  'text',
  -0,
  1e21,
  0.1 + 0.2,
  10n ** 30n,
  Number.NaN,
  { roles: ['b', 'a'], name: 'Zoë \ud800' },
  { name: 'Zoë \ud800', roles: ['b', 'a'] },
  [undefined, null, true],
  new Map(),
]

const VALUES: readonly unknown[] = [
  null,
  'Grüße \u0000 🍣 \ud800 \u2028',
  { at: new Date(0), none: undefined, list: [0.1 + 0.2, -0, Number.NaN] },
]

export const memos: Readonly<Record<string, Scenario>> = {
  'arguments of a memo': async ({ app, ask }) => {
    const load = memoize(({ of }: { of: unknown; db: unknown }) => typeof of, {
      name: 'load it: größe',
      namespace: 'memos',
      exclude: ['db'],
      tags: ['é'],
    })
    app.get('/:at', async (c) => c.html(await load(c, { of: ARGUMENTS[Number(c.req.param('at'))], db: app })))
    for (const at of [...ARGUMENTS.keys(), 0]) await ask(`/${at}`)
  },

  'values of a memo, made and found': async ({ app, ask }) => {
    const load = memoize(({ at }: { at: number }) => VALUES[at], { name: 'load' })
    app.get('/:at', async (c) => c.html(JSON.stringify(await load(c, { at: Number(c.req.param('at')) }))))
    for (const at of VALUES.keys()) {
      await ask(`/${at}`)
      await ask(`/${at}`)
    }
  },

  'a page made of a memo inside a memo': async ({ app, ask }) => {
    let made = 0
    const price = memoize(() => ++made, { name: 'price', tags: ['price'] })
    const product = memoize(async ({ price }: { price: () => Promise<number> }) => ({ at: await price() }), {
      name: 'product',
      tags: ['product'],
      exclude: ['price'],
    })
    app.get('/page', cache(), async (c) =>
      c.html(JSON.stringify(await product(c, { price: () => price(c, {}) }))),
    )
    app.delete('/:tag', async (c) => c.json(await c.get('cache').clear({ tag: c.req.param('tag') })))
    for (const tag of ['product', 'price', 'else']) {
      await ask('/page')
      await ask(`/${tag}`, { method: 'DELETE' })
    }
    await ask('/page')
  },
}
