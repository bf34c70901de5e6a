/** Copies of a request that its host, or middleware above, has put something on. */
import { expect, test } from 'vitest'
import { copyOf } from '../../src/request/copying.ts'
import { hostMembers } from '../../src/request/host-members.ts'

const requestWith = (properties: PropertyDescriptorMap): Request =>
  Object.defineProperties(new Request('http://localhost/', { headers: { 'x-sent': '1' } }), properties)

test('a copy has what was put on it, but for what it is to have of its own', () => {
  const context = { waitUntil() {} }
  const own = { value: context, writable: true, enumerable: true, configurable: true }
  const request = requestWith({ context: own, method: { value: 'HEAD' } })
  expect(copyOf(request)).toMatchObject({ context, method: 'HEAD' })
  expect(Object.getOwnPropertyDescriptor(copyOf(request), 'context')).toEqual(own)
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

test('a copy of one whose body was read has no empty one in its place', async () => {
  const request = new Request('http://localhost/', { method: 'POST', body: 'sent' })
  await request.text()
  const copy = copyOf(request, { method: 'PUT' })
  expect(copy).toMatchObject({ method: 'PUT', bodyUsed: true })
  await expect(copy.text()).rejects.toThrow(TypeError)
})

test('what its class adds is known by name, the nearest first, and what it has of the platform is none of it', () => {
  class Hosted extends Request {
    override get url() {
      return super.url
    }
    get ip() {
      return '192.0.2.1'
    }
  }
  class Geo extends Hosted {
    override get ip() {
      return '192.0.2.2'
    }
  }
  const members = hostMembers(new Geo('http://localhost/'))
  expect([...members.keys()]).toEqual(['ip'])
  expect(members.get('ip')).toBe(Geo.prototype)
})
