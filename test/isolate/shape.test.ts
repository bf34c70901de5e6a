/** What an isolate remembers of its keys is bounded, forgets the right one, and names variants as they are stored. */
import { describe, expect, test } from 'vitest'
import { createShapes } from '../../src/isolate/shape.ts'
import { union, without } from '../../src/key/names.ts'
import { type Subject, variantOf } from '../../src/key/subject.ts'

const PLAIN = { inputs: [], scopes: [] }
const shapeOf = (name: string) => ({ inputs: [name], scopes: [] })

const subject = (
  values: Record<string, string | null | undefined>,
  rest: Partial<Omit<Subject, 'valueOf'>> = {},
): Subject => ({
  namespace: 'catalog',
  key: 'k',
  name: 'e:catalog:k',
  text: 'text',
  scopes: ['a'],
  valueOf: (input) => values[input],
  ...rest,
})

describe('the memory of shapes', () => {
  test('an unknown key is plain', () => {
    expect(createShapes().get('e:default:x')).toEqual(PLAIN)
  })

  test('gives back what it was told, and the last of it', () => {
    const shapes = createShapes()
    shapes.set('x', shapeOf('accept'))
    shapes.set('x', { inputs: ['accept', 'dnt'], scopes: ['t:a'] })
    expect(shapes.get('x')).toEqual({ inputs: ['accept', 'dnt'], scopes: ['t:a'] })
  })

  test('a key that has become plain takes no room', () => {
    const shapes = createShapes()
    shapes.set('x', shapeOf('accept'))
    shapes.set('x', PLAIN)
    expect(shapes.get('x')).toEqual(PLAIN)
  })

  test('keeps ten thousand; the one used longest ago is forgotten', () => {
    const shapes = createShapes()
    for (let i = 0; i < 10_000; i++) shapes.set(`k${i}`, shapeOf('accept'))
    shapes.get('k0')
    shapes.set('k1', shapeOf('dnt'))
    shapes.set('one more', shapeOf('accept'))
    expect(shapes.get('k0')).toEqual(shapeOf('accept'))
    expect(shapes.get('k1')).toEqual(shapeOf('dnt'))
    expect(shapes.get('k2')).toEqual(PLAIN)
    expect(shapes.get('k3')).toEqual(shapeOf('accept'))
  })

  test('keeps fewer of those that have many tags: a stranger who asks for many URLs does not fill the isolate', () => {
    const shapes = createShapes()
    const tagged = (key: number) => ({
      inputs: [],
      scopes: Array.from({ length: 64 }, (_, tag) => `t:product-${key}-${tag}-of-the-catalog`),
    })
    let bytes = 0
    for (let i = 0; i < 10_000; i++) shapes.set(`k${i}`, tagged(i))
    for (let i = 0; i < 10_000; i++) bytes += shapes.get(`k${i}`).scopes.join('').length
    expect(bytes).toBeLessThan(8 * 1024 * 1024)
    expect(shapes.get('k9999')).toEqual(tagged(9_999))
  })

  test('ten thousand plain keys push out nothing', () => {
    const shapes = createShapes()
    shapes.set('x', shapeOf('accept'))
    for (let i = 0; i < 10_001; i++) shapes.set(`k${i}`, PLAIN)
    expect(shapes.get('x')).toEqual(shapeOf('accept'))
  })
})

describe('a variant', () => {
  test('is named after the text, the names and the values', () => {
    expect(variantOf(subject({ accept: 'text/html', dnt: null }), ['accept', 'dnt'])).toEqual({
      name: 'e:catalog:de411216ba389cfda1b9d2ab69512a23',
      text: '["text",[["accept","text/html"],["dnt",null]]]',
    })
  })

  test.each<[string, Subject, string[]]>([
    ['another value', subject({ accept: 'b', dnt: '1' }), ['accept', 'dnt']],
    ['no value', subject({ accept: null, dnt: '1' }), ['accept', 'dnt']],
    ['an empty value', subject({ accept: '', dnt: '1' }), ['accept', 'dnt']],
    ['fewer names', subject({ accept: 'a', dnt: '1' }), ['accept']],
    ['another text', subject({ accept: 'a', dnt: '1' }, { text: 'other' }), ['accept', 'dnt']],
    ['another namespace', subject({ accept: 'a', dnt: '1' }, { namespace: 'other' }), ['accept', 'dnt']],
  ])('with %s has another name', (_, other, inputs) => {
    const variant = variantOf(subject({ accept: 'a', dnt: '1' }), ['accept', 'dnt'])
    expect(variantOf(other, inputs)?.name).not.toBe(variant?.name)
  })

  test('there is none where a value cannot be keyed', () => {
    expect(variantOf(subject({ accept: 'a', dnt: undefined }), ['accept', 'dnt'])).toBeNull()
  })
})

describe('lists of names', () => {
  test('a union keeps the order of the first and adds each name once', () => {
    expect(union(['b', 'a'], ['c', 'a', 'c'])).toEqual(['b', 'a', 'c'])
    expect(union([], ['a'])).toEqual(['a'])
  })

  test('a union that adds nothing is the first itself', () => {
    const first = ['a', 'b']
    expect(union(first, ['b'])).toBe(first)
    expect(union(first, [])).toBe(first)
  })

  test('of forty thousand names, as strangers bring them, takes no second', () => {
    const names = Array.from({ length: 40_000 }, (_, i) => `header x-${i}`)
    const started = performance.now()
    expect(union(names.slice(20_000), names)).toHaveLength(40_000)
    expect(without(names, names)).toEqual([])
    expect(performance.now() - started).toBeLessThan(1_000)
  })

  test('without', () => {
    expect(without(['a', 'b', 'c'], ['b', 'd'])).toEqual(['a', 'c'])
  })
})
