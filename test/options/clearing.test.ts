/** What `clear()` is told becomes scopes, and whatever is not clearly one of its forms throws: a typo clears nothing. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { type ClearTarget, scopesToClear } from '../../src/options/clearing.ts'

const scopes = (target: unknown) => scopesToClear([target as ClearTarget])

describe('the forms of clear()', () => {
  test('without an argument: everything', () => {
    expect(scopesToClear([])).toEqual(['a'])
  })

  test.each<[ClearTarget, string[]]>([
    [{ namespace: 'catalog' }, ['n:catalog']],
    [{ tag: 'product:7' }, ['t:product%3A7']],
    [{ tags: ['a', 'b', 'a'] }, ['t:a', 't:b']],
    [{ tags: [] }, []],
    [{ key: 'home' }, ['k:default:home']],
    [{ key: 'home', namespace: 'catalog' }, ['k:catalog:home']],
    [{ namespace: 'catalog', key: 'home' }, ['k:catalog:home']],
    [{ path: '/a' }, ['p:%2Fa']],
    [{ path: '/a/' }, ['p:%2Fa']],
    [{ path: '/caf%C3%A9' }, ['p:%2Fcaf%C3%A9', 'p:%2Fcaf%25C3%25A9']],
    [{ path: '/café' }, ['p:%2Fcaf%C3%A9']],
    [{ path: '/' }, ['p:%2F']],
  ])('%o', (target, expected) => {
    expect(scopesToClear([target])).toEqual(expected)
  })
})

describe('what throws and clears nothing', () => {
  test.each<[string, unknown]>([
    ['an argument that is undefined', undefined],
    ['null', null],
    ['a string', 'catalog'],
    ['an empty object', {}],
    ['an array', []],
    ['an array of tags', ['a']],
    ['a typo', { namspace: 'catalog' }],
    ['two scopes', { namespace: 'catalog', tag: 'a' }],
    ['a tag and tags', { tag: 'a', tags: ['b'] }],
    ['a path and a namespace', { path: '/', namespace: 'catalog' }],
    ['a key and a tag', { key: 'home', tag: 'a' }],
    ['a key, a namespace and a path', { key: 'home', namespace: 'a', path: '/' }],
    ['a scope and an option that there is none of', { tag: 'a', soft: true }],
    ['a namespace that is undefined', { namespace: undefined }],
    ['a namespace that is undefined, beside a key', { key: 'home', namespace: undefined }],
    ['an empty namespace', { namespace: '' }],
    ['a tag that is undefined', { tag: undefined }],
    ['a tag that is null', { tag: null }],
    ['a tag that is a number', { tag: 7 }],
    ['tags that are a string', { tags: 'a' }],
    ['tags that are undefined', { tags: undefined }],
    ['a tag among tags that is undefined', { tags: ['a', undefined] }],
    ['an empty tag among tags', { tags: ['a', ''] }],
    ['a hole among tags', { tags: Object.assign([], { 1: 'a' }) }],
    ['a key that is undefined', { key: undefined }],
    ['an empty key', { key: '' }],
    ['a path that is undefined', { path: undefined }],
    ['a path without its slash', { path: 'products' }],
    ['a URL', { path: 'https://shop.example/products' }],
    ['a path with a query', { path: '/products?page=2' }],
    ['a path with a fragment', { path: '/products#top' }],
  ])('%s', (_, target) => {
    expect(() => scopes(target)).toThrow(ConfigError)
  })

  test('the message says what was given and what is expected', () => {
    expect(() => scopes({ tag: 'a', path: '/' })).toThrow(
      'clear({ path, tag }) names no scope or several: expected clear(), or one of { namespace }, { tag }',
    )
    expect(() => scopes({})).toThrow('clear({}) names no scope or several: expected clear(), or')
    expect(() => scopes({ tag: undefined })).toThrow(
      'clear({ tag }): tag must be a string that is not empty; got undefined',
    )
    expect(() => scopes({ tags: ['a', null] })).toThrow(
      'clear({ tags }): tags[1] must be a string that is not empty; got null',
    )
    expect(() => scopes({ tag: ['a'] })).toThrow('; got an array')
    expect(() => scopes({ tags: 'a' })).toThrow('tags must be an array of strings; got a string')
    expect(() => scopes(undefined)).toThrow(/^expected clear\(\), or one of .*; got undefined$/)
    expect(() => scopes({ path: '/a?b' })).toThrow('it covers all queries and every host')
  })

  test('only the forms are scopes, whatever else is tried', () => {
    const value = fc.oneof(fc.string(), fc.array(fc.string()), fc.constantFrom(undefined, null, 5))
    const name = fc.constantFrom('namespace', 'tag', 'tags', 'path', 'key', 'other')
    const forms = ['namespace', 'tag', 'tags', 'path', 'key', 'key,namespace']
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (target) => {
        let found: readonly string[]
        try {
          found = scopes(target)
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError)
          return
        }
        expect(forms).toContain(Object.keys(target).sort().join())
        expect(found).not.toContain('a')
      }),
    )
  })
})
