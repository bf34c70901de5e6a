/** Plain values as text: one text for each value and for no other, and none for what is not plain. */
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { argumentText, plainCopy, plainText } from '../../src/key/plain.ts'

type Tree = string | number | bigint | boolean | null | undefined | Tree[] | { [name: string]: Tree }

const { tree: anyTree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom('null', 'undefined', 'true', '0', '-0', '1n', 'NaN', '[]', '{}', '', '"'),
    fc.double(),
    fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1, 10, 1e21),
    fc.bigInt({ min: -20n, max: 20n }),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 2 }), tie('tree'), { maxKeys: 3, noNullPrototype: false }),
  ),
}))

/** Whether two trees are the same value; the prototype of an object says nothing, nor need the order of members. */
function same(a: Tree, b: Tree, ordered: boolean): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const names = Object.keys(a)
  const at = (tree: object, name: string) => (tree as Record<string, Tree>)[name]
  return (
    names.length === Object.keys(b).length &&
    (!ordered || names.every((name, index) => name === Object.keys(b)[index])) &&
    names.every((name) => Object.hasOwn(b, name) && same(at(a, name), at(b, name), ordered))
  )
}

/** The same tree with the members of every object set in the opposite order. */
function reversed(tree: Tree): Tree {
  if (typeof tree !== 'object' || tree === null) return tree
  if (Array.isArray(tree)) return tree.map(reversed)
  return Object.fromEntries(
    Object.entries(tree)
      .reverse()
      .map(([name, value]) => [name, reversed(value)]),
  )
}

describe('plain trees', () => {
  test('two have one text only if they are the same', () => {
    fc.assert(
      fc.property(anyTree, anyTree, (a, b) => {
        expect(plainText(a) === plainText(b)).toBe(same(a, b, true))
        expect(argumentText(a) === argumentText(b)).toBe(same(a, b, false))
      }),
      { numRuns: 1000 },
    )
  })

  test('every tree has a text, and its reverse another only if there is an order in it', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const text = plainText(tree)
        expect(text).toBeTypeOf('string')
        expect(plainText(structuredClone(tree))).toBe(text)
        const turned = reversed(tree)
        expect(plainText(turned) === text).toBe(same(tree, turned, true))
        expect(argumentText(turned)).toBe(argumentText(tree))
      }),
    )
  })

  test.each<[unknown, string]>([
    ['a', '"a"'],
    ['\ud800"', '"\\ud800\\""'],
    [0, '0'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    [1n, '1n'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [[], '[]'],
    [[1, '1', 1n, [undefined]], '[1,"1",1n,[undefined]]'],
    [{ b: 1, a: { d: [], c: null } }, '{"b":1,"a":{"d":[],"c":null}}'],
    [JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ])('%o is %s', (value, text) => {
    expect(plainText(value)).toBe(text)
  })

  test('of arguments the members are sorted by their names', () => {
    expect(argumentText({ b: 1, a: { d: [], c: null } })).toBe('{"a":{"c":null,"d":[]},"b":1}')
  })

  test('an object of another realm is as plain as one of this', () => {
    expect(plainText(runInNewContext('({ b: [1, {}], a: "x" })'))).toBe('{"b":[1,{}],"a":"x"}')
  })
})

/** All objects of a tree, itself among them. */
const objectsOf = (tree: unknown): object[] =>
  typeof tree === 'object' && tree !== null ? [tree, ...Object.values(tree).flatMap(objectsOf)] : []

describe('a copy', () => {
  test('is the same value, in the same order, and shares no object with the original', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const copy = plainCopy(tree)
        expect(copy).toStrictEqual(tree)
        expect(plainText(copy)).toBe(plainText(tree))
        expect(objectsOf(copy).map(Object.keys)).toEqual(objectsOf(tree).map(Object.keys))
        expect(objectsOf(copy).map(Object.getPrototypeOf)).toEqual(objectsOf(tree).map(Object.getPrototypeOf))
        expect(objectsOf(copy).filter((object) => objectsOf(tree).includes(object))).toEqual([])
      }),
    )
  })

  test('keeps a member named __proto__, and its prototype', () => {
    const tree = JSON.parse('{"__proto__":{"role":"admin"},"a":[{"__proto__":{"b":1}}]}')
    const copy = plainCopy(tree)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(tree))
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(copy.role).toBeUndefined()
  })

  test('leaves as they are the members that are to be shared, at the top and nowhere else', () => {
    const session = new Session()
    const tree = { session, inner: { session: { user: 'ada' } } }
    const copy = plainCopy(tree, ['session'])
    expect(copy.session).toBe(session)
    expect(copy.inner.session).not.toBe(tree.inner.session)
  })
})

class Session {
  readonly user = 'ada'
}

describe('what is not plain has no text', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic.self = { cyclic }

  test.each<[string, unknown]>([
    ['a class instance', new Session()],
    ['an instance of a class without a base', Object.create(Object.create(null))],
    ['an object with a prototype of its own', Object.create({ role: 'admin' })],
    ['one whose prototype poses as that of all', Object.create({ isPrototypeOf() {}, role: 'admin' })],
    ['a function', () => {}],
    ['a class', Session],
    ['a symbol', Symbol('a')],
    [
      'a getter',
      {
        get user() {
          return 'ada'
        },
      },
    ],
    ['a setter', { set user(_: string) {} }],
    ['a member under a symbol', { [Symbol('user')]: 'ada' }],
    ['a hidden member', Object.defineProperty({}, 'user', { value: 'ada' })],
    ['a cycle', cyclic],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['a Set', new Set()],
    ['a regular expression', /a/],
    ['an error', new Error('a')],
    ['bytes', new Uint8Array(1)],
    ['a buffer', new ArrayBuffer(1)],
    ['headers', new Headers()],
    ['a URL', new URL('http://a')],
    ['a promise', Promise.resolve(1)],
    ['a boxed string', Object('a')],
    ['a proxy for an instance', new Proxy(new Session(), {})],
    ['a Map of another realm', runInNewContext('new Map()')],
    ['a subclass of Array', new (class Sessions extends Array {})()],
    ['an array with a hole', Array(1)],
    ['an array with a member beside its items', Object.assign(['a'], { user: 'ada' })],
    ['an array with a member under a symbol', Object.assign(['a'], { [Symbol('user')]: 'ada' })],
  ])('%s, nor has what holds it', (_, value) => {
    expect(plainText(value)).toBeUndefined()
    expect(plainText([value])).toBeUndefined()
    expect(plainText({ deep: [{ value }] })).toBeUndefined()
  })

  test('a tree deeper than 64', () => {
    const nested = (depth: number): unknown[] => (depth === 1 ? [] : [nested(depth - 1)])
    expect(plainText(nested(64))).toBe('['.repeat(64) + ']'.repeat(64))
    expect(plainText(nested(65))).toBeUndefined()
  })
})
