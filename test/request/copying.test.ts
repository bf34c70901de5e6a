/** Copies of a request that its host, or middleware above, has put something on. */
import { expect, test } from 'vitest'
import { copyOf } from '../../src/request/copying.ts'

const requestWith = (properties: PropertyDescriptorMap): Request =>
  Object.defineProperties(new Request('http://localhost/', { headers: { 'x-sent': '1' } }), properties)

test('a copy has what was put on it, but for what it is to have of its own', () => {
  const context = { waitUntil() {} }
  const request = requestWith({ context: { value: context }, method: { value: 'HEAD' } })
  expect(copyOf(request)).toMatchObject({ context, method: 'HEAD' })
  expect(copyOf(request, { method: 'GET' })).toMatchObject({ context, method: 'GET' })
})

test('headers that were put on it are copied: to change those of the copy changes no others', () => {
  const headers = new Headers({ 'x-put': '1' })
  const copy = copyOf(requestWith({ headers: { value: headers } }))
  copy.headers.delete('x-put')
  expect(headers.get('x-put')).toBe('1')
})

test('what a getter gives is asked of nobody', () => {
  const user = {
    get(): never {
      throw new Error('not to be asked')
    },
  }
  expect(copyOf(requestWith({ user }))).not.toHaveProperty('user')
})
