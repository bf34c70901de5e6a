import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/store/memory.ts'
import { prefixed } from '../../src/store/prefixed.ts'
import { EVERYTHING } from '../../src/store/scope.ts'

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
