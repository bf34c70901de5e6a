/**
 * MD5 (RFC 1321), because WebCrypto has it on Cloudflare Workers only, and keys must be the same everywhere.
 *
 * It makes long keys short. It does not identify: two texts with one MD5 are easily made, so whoever looks something up
 * by it must compare what was hashed as well. Not for passwords, signatures, or anything else that has an enemy.
 *
 * Fast for the length of a key, where a digest costs less than the buffers it would allocate; hence the scratch memory.
 */

/** Not `BufferSource`, which programs without the types of a browser do not have. */
type Bytes = ArrayBuffer | ArrayBufferView

/** MD5 of bytes, or of the UTF-8 bytes of a string. Anything else is a TypeError. */
export interface Md5 {
  /**
   * The 16 bytes that `await crypto.subtle.digest('MD5', data)` gives where the platform has it, at once.
   * A lone surrogate in a string counts as U+FFFD, as it does for TextEncoder.
   */
  (data: Bytes | string): ArrayBuffer
  /** The same as 32 lower case hexadecimal digits. */
  hex(data: Bytes | string): string
}

// One pure expression, and not `md5.hex = …`, which bundlers would have to keep.
export const md5: Md5 = /* @__PURE__ */ Object.assign(
  function md5(data: Bytes | string): ArrayBuffer {
    const out = new DataView(new ArrayBuffer(16))
    digest(data).state.forEach((word, i) => {
      out.setInt32(4 * i, word, true)
    })
    return out.buffer
  },
  {
    hex(data: Bytes | string): string {
      const { state, hex } = digest(data)
      let out = ''
      for (let i = 0; i < 4; i++) {
        const word = state[i]!
        out += hex[word & 255]! + hex[(word >>> 8) & 255]! + hex[(word >>> 16) & 255]! + hex[word >>> 24]!
      }
      return out
    },
  },
)

/**
 * Tables and working memory: made by the first call, used again by all later ones. That is safe because a call is
 * synchronous, so no two interleave; each writes before it reads; and no reference leaves this file.
 */
let scratch: Scratch | undefined

type Scratch = ReturnType<typeof makeScratch>

function makeScratch() {
  const text = new Uint8Array(2048)
  return {
    state: new Int32Array(4),
    block: new Int32Array(16),
    // The table T of 3.4: the first 32 bits of each sine. Engines may differ only in bits far below these.
    sines: Int32Array.from({ length: 64 }, (_, i) => Math.abs(Math.sin(i + 1)) * 2 ** 32),
    hex: Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')),
    encoder: new TextEncoder(),
    text,
    textView: new DataView(text.buffer),
  }
}

function digest(data: Bytes | string): Scratch {
  scratch ??= makeScratch()
  if (typeof data !== 'string') return digestBytes(scratch, viewOf(data))
  // Nearly every key fits. One that does not is read only in part, and encoded again with as much room as it needs.
  const { read, written } = scratch.encoder.encodeInto(data, scratch.text)
  return read === data.length
    ? digestBytes(scratch, scratch.textView, written)
    : digestBytes(scratch, viewOf(scratch.encoder.encode(data)))
}

/** A DataView reads at any offset, and little-endian whatever the machine; its constructor refuses what is no buffer. */
function viewOf(data: Bytes): DataView {
  return ArrayBuffer.isView(data)
    ? new DataView(data.buffer, data.byteOffset, data.byteLength)
    : new DataView(data)
}

/** Leaves the digest in `state`. No shift or mask of `length` may lose what lies above 32 bits. */
function digestBytes(scratch: Scratch, bytes: DataView, length = bytes.byteLength): Scratch {
  const { state, block } = scratch
  // 3.3
  state[0] = 0x67452301
  state[1] = 0xefcdab89
  state[2] = 0x98badcfe
  state[3] = 0x10325476

  let at = 0
  for (; at + 64 <= length; at += 64) {
    for (let i = 0; i < 16; i++) block[i] = bytes.getInt32(at + 4 * i, true)
    transform(scratch)
  }

  // 3.1: a single 1 bit after the last byte, then zeros until only the length is missing, in one block or in two.
  block.fill(0)
  let i = 0
  for (; at + 4 <= length; at += 4) block[i++] = bytes.getInt32(at, true)
  let end = 0x80
  for (let last = length; last > at; ) end = (end << 8) | bytes.getUint8(--last)
  block[i] = end
  if (i >= 14) {
    transform(scratch)
    block.fill(0)
  }

  // 3.2: the length in bits, 64 of them. The low word keeps what the shift leaves, the high word what it drops.
  block[14] = length << 3
  block[15] = length / 2 ** 29
  transform(scratch)
  return scratch
}

/**
 * 3.4, a round to a loop: i counts the 64 operations, and the message word is the one that the RFC's tables name.
 * F is `(b & c) | (~b & d)` in the RFC and G the same with its arguments moved; these forms need one operation less.
 * Four operations are written out so that nothing moves between a, b, c and d; all 64 written out are no faster.
 */
function transform({ state, block: x, sines: t }: Scratch): void {
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  for (let i = 0; i < 16; i += 4) {
    a = step(a, b, d ^ (b & (c ^ d)), x[i]! + t[i]!, 7)
    d = step(d, a, c ^ (a & (b ^ c)), x[i + 1]! + t[i + 1]!, 12)
    c = step(c, d, b ^ (d & (a ^ b)), x[i + 2]! + t[i + 2]!, 17)
    b = step(b, c, a ^ (c & (d ^ a)), x[i + 3]! + t[i + 3]!, 22)
  }
  for (let i = 16; i < 32; i += 4) {
    a = step(a, b, c ^ (d & (b ^ c)), x[(5 * i + 1) & 15]! + t[i]!, 5)
    d = step(d, a, b ^ (c & (a ^ b)), x[(5 * i + 6) & 15]! + t[i + 1]!, 9)
    c = step(c, d, a ^ (b & (d ^ a)), x[(5 * i + 11) & 15]! + t[i + 2]!, 14)
    b = step(b, c, d ^ (a & (c ^ d)), x[(5 * i + 16) & 15]! + t[i + 3]!, 20)
  }
  for (let i = 32; i < 48; i += 4) {
    a = step(a, b, b ^ c ^ d, x[(3 * i + 5) & 15]! + t[i]!, 4)
    d = step(d, a, a ^ b ^ c, x[(3 * i + 8) & 15]! + t[i + 1]!, 11)
    c = step(c, d, d ^ a ^ b, x[(3 * i + 11) & 15]! + t[i + 2]!, 16)
    b = step(b, c, c ^ d ^ a, x[(3 * i + 14) & 15]! + t[i + 3]!, 23)
  }
  for (let i = 48; i < 64; i += 4) {
    a = step(a, b, c ^ (b | ~d), x[(7 * i) & 15]! + t[i]!, 6)
    d = step(d, a, b ^ (a | ~c), x[(7 * i + 7) & 15]! + t[i + 1]!, 10)
    c = step(c, d, a ^ (d | ~b), x[(7 * i + 14) & 15]! + t[i + 2]!, 15)
    b = step(b, c, d ^ (c | ~a), x[(7 * i + 21) & 15]! + t[i + 3]!, 21)
  }
  state[0] = a + state[0]!
  state[1] = b + state[1]!
  state[2] = c + state[2]!
  state[3] = d + state[3]!
}

/** `a = b + ((a + f + x + t) <<< shift)`, the one operation of 3.4. */
function step(a: number, b: number, f: number, xt: number, shift: number): number {
  const sum = (a + f + xt) | 0
  return (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0
}
