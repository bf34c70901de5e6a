/**
 * Each way to clear, and what it reaches.
 */

import type { ClearTarget } from '../../../src/index.ts'
import { cache } from '../../../src/index.ts'
import type { Scenario } from '../stage.ts'

const TARGETS: readonly ClearTarget[] = [
  { namespace: 'catalog' },
  { tag: 'größe:1' },
  { tags: ['größe:1', 'größe:2', 'größe:1'] },
  { tags: [] },
  { path: '/café/' },
  { path: '/caf%c3%a9' },
  { key: 'front page', namespace: 'catalog' },
  { key: 'front page' },
]

export const clears: Readonly<Record<string, Scenario>> = {
  'every form of clear': async ({ app, ask, note }) => {
    const target = (index: string) => TARGETS[Number(index)]!
    app.delete('/all', async (c) => c.json(await c.get('cache').clear()))
    app.delete('/:index', async (c) => c.json(await c.get('cache').clear(target(c.req.param('index')))))
    app.get('/front', cache({ namespace: 'catalog', key: 'front page' }), (c) => c.text('front'))
    app.get('*', cache({ tags: ['größe:1'] }), (c) => c.text('page'))
    for (const index of [...TARGETS.keys(), 'all']) {
      for (const path of ['/front', '/caf%C3%A9']) await ask(path)
      note(`clearing ${index}`)
      await ask(`/${index}`, { method: 'DELETE' })
      for (const path of ['/front', '/caf%C3%A9']) await ask(path)
    }
  },

  'a clear while the handler runs': async ({ app, ask }) => {
    app.get('/slow', cache({ tags: ['slow'] }), async (c) => {
      await c.get('cache').clear({ tag: 'slow' })
      return c.text('made from old data')
    })
    await ask('/slow')
    await ask('/slow')
  },
}
