import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { md5 } from '../../src/key/md5.ts'

/** What the platform says. Buffer.from encodes a lone surrogate as U+FFFD, as TextEncoder does. */
const platform = (data: string | Uint8Array) => createHash('md5').update(Buffer.from(data)).digest('hex')

const toHex = (digest: ArrayBuffer) => Buffer.from(digest).toString('hex')

/** mulberry32: the same inputs in every run. */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
}

describe('RFC 1321, A.5', () => {
  it.each([
    ['', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['a', '0cc175b9c0f1b6a831c399e269772661'],
    ['abc', '900150983cd24fb0d6963f7d28e17f72'],
    ['message digest', 'f96b697d7cb7938d525a2f31aaf161d0'],
    ['abcdefghijklmnopqrstuvwxyz', 'c3fcd3d76192e4007dfb496cca67e13b'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 'd174ab98d277d9f5a5611c2c9f419d9f'],
    ['1234567890'.repeat(8), '57edf4a22be3c955ac49da2e2107b67a'],
  ])('%j', (text, expected) => {
    expect(md5.hex(text)).toBe(expected)
    expect(toHex(md5(text))).toBe(expected)
    expect(toHex(md5(new TextEncoder().encode(text)))).toBe(expected)
  })
})

describe('agrees with the platform', () => {
  it('on bytes and on text of every length from 0 to 300', () => {
    const random = seeded(1)
    for (let length = 0; length <= 300; length++) {
      const bytes = Uint8Array.from({ length }, () => random() * 256)
      const ascii = String.fromCharCode(...bytes.map((byte) => byte & 127))
      const wide = ascii.replaceAll(/[a-z]/g, 'é')
      expect(md5.hex(bytes), `${length} bytes`).toBe(platform(bytes))
      expect(md5.hex(ascii), `${length} ASCII characters`).toBe(platform(ascii))
      expect(md5.hex(wide), `${length} characters`).toBe(platform(wide))
    }
  })

  it('on text around the length from which it gets a buffer of its own', () => {
    for (const character of ['a', 'é', '€', '😀', '\ud800']) {
      for (let bytes = 2030; bytes <= 2070; bytes++) {
        const size = Buffer.byteLength(character)
        const text = character.repeat(bytes / size) + 'a'.repeat(bytes % size)
        expect(md5.hex(text), `${bytes} bytes of ${JSON.stringify(character)}`).toBe(platform(text))
      }
    }
  })

  it('on 5,000 random inputs, in both forms', () => {
    const random = seeded(1321)
    const below = (limit: number) => Math.floor(random() * limit)
    const characters = [
      () => below(0x80),
      () => below(0x800),
      () => below(0x10000), // now and then a lone surrogate
      () => 0xd800 + below(0x800), // a surrogate, mostly alone
      () => 0x10000 + below(0x100000),
    ]
    for (let i = 0; i < 2500; i++) {
      const bytes = Uint8Array.from({ length: below(random() < 0.1 ? 5000 : 300) }, () => below(256))
      const kinds = characters.slice(0, 1 + below(characters.length))
      const text = Array.from({ length: below(random() < 0.1 ? 2000 : 150) }, () =>
        String.fromCodePoint(kinds[below(kinds.length)]!()),
      ).join('')
      for (const data of [bytes, text]) {
        const expected = platform(data)
        expect(md5.hex(data), JSON.stringify(data)).toBe(expected)
        expect(toHex(md5(data)), JSON.stringify(data)).toBe(expected)
      }
    }
  })

  it('on megabytes', () => {
    const random = seeded(3)
    const bytes = new Uint8Array(new Uint32Array(1_000_003).map(() => random() * 2 ** 32).buffer)
    expect(md5.hex(bytes)).toBe(platform(bytes))
    const text = 'a key, ключ, 鍵, 🔑; '.repeat(100_000)
    expect(md5.hex(text)).toBe(platform(text))
  })
})

describe('what it takes', () => {
  const whole = Uint8Array.from({ length: 400 }, (_, i) => i * 7)

  it('reads what a view shows, wherever the view begins', () => {
    for (let from = 0; from < 9; from++) {
      for (const length of [0, 1, 63, 64, 65, 200]) {
        const view = whole.subarray(from, from + length)
        const expected = platform(view)
        expect(md5.hex(view)).toBe(expected)
        expect(md5.hex(new DataView(whole.buffer, from, length))).toBe(expected)
        expect(md5.hex(view.slice().buffer)).toBe(expected)
      }
    }
  })

  it('reads the bytes of wider views', () => {
    for (const view of [
      new Uint16Array(whole.buffer, 2, 33),
      new Float64Array(whole.buffer, 8, 9),
      new BigInt64Array(whole.buffer, 16),
    ]) {
      expect(md5.hex(view)).toBe(platform(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)))
    }
  })

  it('refuses what is neither text nor bytes, and does not hash it as nothing', () => {
    for (const wrong of [undefined, null, 5, {}, [1, 2], new Date(0)]) {
      expect(() => md5(wrong as unknown as string)).toThrow(TypeError)
      expect(() => md5.hex(wrong as unknown as string)).toThrow(TypeError)
    }
  })
})

describe('calls know nothing of each other', () => {
  it('a digest stays as it is when the next one is made', () => {
    const first = md5('first')
    const second = md5('second')
    expect(toHex(first)).toBe(platform('first'))
    expect(toHex(second)).toBe(platform('second'))
  })

  it('a long text leaves nothing behind for a short one', () => {
    md5.hex('x'.repeat(5000))
    expect(md5.hex('')).toBe(platform(''))
    md5.hex('x'.repeat(2000))
    expect(md5.hex('short')).toBe(platform('short'))
  })

  it('input is left as it was', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
    md5(bytes)
    expect(bytes).toEqual(Uint8Array.from({ length: 100 }, (_, i) => i))
  })
})

describe('its shape is that of crypto.subtle.digest', () => {
  it('gives an ArrayBuffer of 16 bytes, awaited or not', async () => {
    expect(md5('a')).toBeInstanceOf(ArrayBuffer)
    expect(md5('a').byteLength).toBe(16)
    expect(await md5('a')).toEqual(md5('a'))
  })
})
