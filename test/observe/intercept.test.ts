import { expect, test } from 'vitest'
import { intercept } from '../../src/observe/intercept.ts'

interface Example {
  path: unknown
}
const inheriting = (): Example => Object.create({ path: 'inherited' })
const owning = (path: string): Example => ({ path })

test('while two observations overlap the later one has its turn, whichever of them ends first', () => {
  for (const outerFirst of [true, false]) {
    const request = inheriting()
    const endOuter = intercept(request, 'path', { get: () => 'outer' })
    expect(request.path).toBe('outer')
    const endInner = intercept(request, 'path', { get: () => 'inner' })
    expect(request.path).toBe('inner')
    if (outerFirst) {
      endOuter()
      expect(request.path).toBe('inner')
      endInner()
    } else {
      endInner()
      expect(request.path).toBe('outer')
      endOuter()
    }
    expect(request.path).toBe('inherited')
    expect(Object.keys(Object.getOwnPropertyDescriptors(request))).toEqual([])
  }
})

test('a property that the instance had is put back as it was', () => {
  const request = owning('/a')
  const before = Object.getOwnPropertyDescriptor(request, 'path')
  const set: unknown[] = []
  const end = intercept(request, 'path', { get: () => 'watched', set: (value) => set.push(value) })
  expect({ ...request }).toEqual({ path: 'watched' })
  request.path = '/b'
  expect(set).toEqual(['/b'])
  end()
  expect(Object.getOwnPropertyDescriptor(request, 'path')).toEqual(before)
})

test('what is assigned reaches the setter that the instance inherits', () => {
  const kept: unknown[] = []
  const proto = Object.defineProperty({}, 'path', { set: (value) => kept.push(value) })
  const request = Object.create(proto) as Example
  const end = intercept(request, 'path', { get: () => 'watched', set: (value, below) => below(value) })
  request.path = '/b'
  expect(kept).toEqual(['/b'])
  end()
  expect(Object.keys(Object.getOwnPropertyDescriptors(request))).toEqual([])
})

test('without a setter it cannot be assigned', () => {
  const request = inheriting()
  intercept(request, 'path', { get: () => 'watched' })
  expect(() => {
    request.path = '/b'
  }).toThrow(TypeError)
})

test('what somebody has put in its place meanwhile stays, and another observation of that begins anew', () => {
  const request = inheriting()
  const theirs = { value: 'theirs', configurable: true }
  const endFirst = intercept(request, 'path', { get: () => 'first' })
  Object.defineProperty(request, 'path', theirs)
  const endSecond = intercept(request, 'path', { get: () => 'second' })
  endFirst()
  expect(request.path).toBe('second')
  endSecond()
  expect(request.path).toBe('theirs')
})

test('each observation reads what is below it, down to what was there', () => {
  const request = inheriting()
  const ends = ['a', 'b'].map((name) => intercept(request, 'path', { get: (below) => `${name} ${below()}` }))
  expect(request.path).toBe('b a inherited')
  ends[0]!()
  expect(request.path).toBe('b inherited')
  Object.defineProperty(request, 'path', { value: 'own', configurable: true })
  intercept(request, 'path', { get: (below) => `c ${below()}` })
  expect(request.path).toBe('c own')
})

test('what is assigned goes down to what was there', () => {
  const request = owning('/a')
  const set = (value: unknown, below: (value: unknown) => void) => below(`${value}!`)
  const ends = [1, 2].map(() => intercept(request, 'path', { get: (below) => below(), set }))
  request.path = '/b'
  for (const end of ends) end()
  expect(request).toEqual({ path: '/b!!' })
})

test('whoever has kept the property beyond its end reads what is there without it', () => {
  for (const [request, expected] of [
    [inheriting(), 'inherited'],
    [owning('own'), 'own'],
  ] as const) {
    const end = intercept(request, 'path', { get: () => 'watched' })
    const kept = Object.getOwnPropertyDescriptor(request, 'path')!
    end()
    Object.defineProperty(request, 'path', kept)
    expect(request.path).toBe(expected)
  }
})

test('whoever puts a kept property back between two observations does not end the first', () => {
  const request = inheriting()
  const endFirst = intercept(request, 'path', { get: () => 'first' })
  const kept = Object.getOwnPropertyDescriptor(request, 'path')!
  Object.defineProperty(request, 'path', { value: 'theirs', configurable: true })
  const endSecond = intercept(request, 'path', { get: () => 'second' })
  endSecond()
  Object.defineProperty(request, 'path', kept)
  expect(request.path).toBe('first')
  endFirst()
  expect(request.path).toBe('inherited')
})

test('an instance that was frozen meanwhile keeps the property, which passes through', () => {
  const request = inheriting()
  const end = intercept(request, 'path', { get: () => 'watched' })
  Object.freeze(request)
  end()
  expect(request.path).toBe('inherited')
})

test('nothing of an observation that has ended is kept', () => {
  const request = inheriting()
  const accessor = { get: () => 'watched' }
  intercept(request, 'path', accessor)()
  const kept = Object.getOwnPropertySymbols(request).map((symbol) => Reflect.get(request, symbol))
  expect(kept).toEqual([new Map([['path', { target: request, before: undefined, accessors: [] }]])])
})

test('instances do not answer for each other', () => {
  const [one, other] = [inheriting(), inheriting()]
  intercept(one, 'path', { get: () => 'one' })
  const end = intercept(other, 'path', { get: () => 'other' })
  expect([one.path, other.path]).toEqual(['one', 'other'])
  end()
  expect([one.path, other.path]).toEqual(['one', 'inherited'])
})
