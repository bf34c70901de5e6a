import { describe, expect, it } from 'vitest'
import { cache } from '../../src/index.ts'
import { memoryStore } from '../../src/store/memory.ts'
import { prefixed } from '../../src/store/prefixed.ts'
import { EVERYTHING } from '../../src/store/scope.ts'
import type { Commit, Query, Store } from '../../src/store/store.ts'
import { openSite } from '../support/site.ts'

describe('two mounted apps that share a store', () => {
  const write = (value: string) => [{ name: 'e:default:k', value, seconds: 60 }]

  it('never answer for each other, though their URLs look the same', async () => {
    const shared = memoryStore()
    const shop = prefixed(shared, 'shop')
    const blog = prefixed(shared, 'blog')
    const stamp = await shop.begin()
    await shop.commit({ stamp, scopes: [EVERYTHING], writes: write('shop') })

    expect((await blog.lookUp({ entries: ['e:default:k'], scopes: [EVERYTHING] })).entries).toEqual([null])
    expect((await shop.lookUp({ entries: ['e:default:k'], scopes: [EVERYTHING] })).entries).toEqual(['shop'])
  })

  it('clear what is their own', async () => {
    const shared = memoryStore()
    const shop = prefixed(shared, 'shop')
    const blog = prefixed(shared, 'blog')
    const stamp = await shop.begin()
    await shop.commit({ stamp, scopes: [EVERYTHING], writes: write('shop') })
    await blog.commit({ stamp, scopes: [EVERYTHING], writes: write('blog') })
    const time = await shop.clear([EVERYTHING])

    expect((await shop.lookUp({ entries: [], scopes: [EVERYTHING] })).fences).toEqual([time])
    expect((await blog.lookUp({ entries: [], scopes: [EVERYTHING] })).fences).toEqual([stamp])
  })
})

it('keeps all methods of a store that is an instance of a class', async () => {
  const inner = memoryStore()
  class OwnStore implements Store {
    #inner = inner
    lookUp(query: Query) {
      return this.#inner.lookUp(query)
    }
    begin() {
      return this.#inner.begin()
    }
    commit(commit: Commit) {
      return this.#inner.commit(commit)
    }
    clear(scopes: readonly string[]) {
      return this.#inner.clear(scopes)
    }
    lease(name: string, id: string, ms: number) {
      return this.#inner.lease(name, id, ms)
    }
    release(name: string, id: string) {
      return this.#inner.release(name, id)
    }
  }
  const site = openSite({ store: new OwnStore(), prefix: 'shop', near: { seconds: 0 } })
  site.app.get('/page', cache({ lease: true }), (c) => c.text('made'))
  expect((await site.get('/page')).cache).toBe('fwd=uri-miss; stored')
  expect((await site.get('/page')).cache).toMatch(/^hit/)
  expect(await site.clear()).toBe(true)
  expect((await site.get('/page')).cache).toBe('fwd=miss; stored')
})
