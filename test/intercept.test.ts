import { expect, test } from 'vitest'
import { intercept } from '../src/intercept.ts'

const inheriting = (): { path: unknown } => Object.create({ path: 'inherited' })

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
  const request = { path: '/a' }
  const before = Object.getOwnPropertyDescriptor(request, 'path')
  const set: unknown[] = []
  const end = intercept(request, 'path', { get: () => 'watched', set: (value) => set.push(value) })
  expect({ ...request }).toEqual({ path: 'watched' })
  request.path = '/b'
  expect(set).toEqual(['/b'])
  end()
  expect(Object.getOwnPropertyDescriptor(request, 'path')).toEqual(before)
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

test('whoever has kept the property beyond its end reads what it last gave', () => {
  const request = inheriting()
  const end = intercept(request, 'path', { get: () => 'watched' })
  const kept = Object.getOwnPropertyDescriptor(request, 'path')!
  end()
  Object.defineProperty(request, 'path', kept)
  expect(request.path).toBe('watched')
})

test('instances do not answer for each other', () => {
  const [one, other] = [inheriting(), inheriting()]
  intercept(one, 'path', { get: () => 'one' })
  const end = intercept(other, 'path', { get: () => 'other' })
  expect([one.path, other.path]).toEqual(['one', 'other'])
  end()
  expect([one.path, other.path]).toEqual(['one', 'inherited'])
})
