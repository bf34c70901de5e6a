/** Which configurations share a connection, and with it what its requests know of each other. */
import { expect, test } from 'vitest'
import { connect } from '../src/connect.ts'

const OPTIONS = {
  url: 'https://redis.example',
  token: 'a',
  prefix: 'p',
  timeout: 1,
  near: { seconds: 1, maxBytes: 1 },
}

test('equal ones share it', () => {
  expect(connect({ ...OPTIONS, near: { ...OPTIONS.near } })).toBe(connect(OPTIONS))
})

test.each<object>([
  { url: 'https://other.example' },
  { token: 'b' },
  { prefix: 'q' },
  { timeout: 2 },
  { timeout: { read: 1, write: 2 } },
  { near: { seconds: 2, maxBytes: 1 } },
  { near: { seconds: 1, maxBytes: 2 } },
])('none has that of another with %j', (other) => {
  expect(connect({ ...OPTIONS, ...other })).not.toBe(connect(OPTIONS))
})
