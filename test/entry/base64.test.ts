/** Base64 is the same with the platform's own functions and without them, and what is none throws. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { fromBase64, toBase64 } from '../../src/entry/base64.ts'

const native = Object.getOwnPropertyDescriptor(Uint8Array, 'fromBase64')
const restore = () => {
  if (native) Object.defineProperty(Uint8Array, 'fromBase64', native)
}
afterEach(restore)

const ways: [string, () => void][] = [
  ['without Uint8Array.fromBase64', () => Reflect.deleteProperty(Uint8Array, 'fromBase64')],
  ['as the platform is', restore],
]

describe.each(ways)('%s', (_, prepare) => {
  test('bytes come back', () => {
    prepare()
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = toBase64(bytes)
        expect(text).toBe(Buffer.from(bytes).toString('base64'))
        expect(fromBase64(text)).toEqual(bytes)
      }),
    )
  })

  test('a body longer than a call may have arguments', () => {
    prepare()
    const bytes = Uint8Array.from({ length: 300_001 }, (_, at) => (at * 31) & 255)
    expect(fromBase64(toBase64(bytes))).toEqual(bytes)
  })

  test.each(['*', 'a', 'Zm9v!', 'Z===', 'Zm=v'])('%j throws', (text) => {
    prepare()
    expect(() => fromBase64(text)).toThrow()
  })
})

test('this platform has Uint8Array.fromBase64, so that both ways were tried', () => {
  expect(native).toBeDefined()
})
