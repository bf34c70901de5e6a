/**
 * What we compute ourselves because not every runtime has it: MD5 and base64. Where one has it, it must agree.
 */

import { fromBase64, toBase64 } from '../../../src/entry/base64.ts'
import { md5 } from '../../../src/index.ts'
import { seeded } from '../../fixtures/seeded.ts'
import { toHex } from '../answer.ts'
import type { Scenario } from '../stage.ts'

/** Code units of every kind, lone surrogates among them. */
function randomText(random: ReturnType<typeof seeded>): string {
  const unit = () =>
    random.pick([random.int(128), random.int(0x10000), 0xd800 + random.int(0x800), 0x3042, 0xe9])
  return String.fromCharCode(...Array.from({ length: random.int(200) }, unit))
}

/** What the platform's own MD5 gives; `null` where it has none. */
async function platformMd5(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  try {
    return toHex(new Uint8Array(await crypto.subtle.digest('MD5', bytes)))
  } catch {
    return null
  }
}

/** How many of the digests the platform has confirmed: the one thing that runtimes tell differently. */
export async function confirmedByPlatform(): Promise<{ confirmed: number; refuted: number }> {
  const told = { confirmed: 0, refuted: 0 }
  const random = seeded('md5')
  for (let round = 0; round < 300; round++) {
    const text = randomText(random)
    const oracle = await platformMd5(new TextEncoder().encode(text))
    if (oracle !== null) told[oracle === md5.hex(text) ? 'confirmed' : 'refuted']++
  }
  return told
}

/** Runs without the platform's own base64, where it has one. */
function withoutNative<T>(work: () => T): T {
  const native = Object.getOwnPropertyDescriptor(Uint8Array, 'fromBase64')
  Reflect.deleteProperty(Uint8Array, 'fromBase64')
  try {
    return work()
  } finally {
    if (native) Object.defineProperty(Uint8Array, 'fromBase64', native)
  }
}

function decoded(text: string): string {
  try {
    return toHex(fromBase64(text))
  } catch {
    return 'refused'
  }
}

const DAMAGED = [
  '',
  'AA',
  'AA=',
  'AA==',
  'AB==',
  'AAA',
  'A',
  'AAAAA',
  'A A\nA',
  'AA-_',
  '====',
  'é',
  'AA==AA',
]

export const bytes: Readonly<Record<string, Scenario>> = {
  'MD5 of random texts': async ({ note }) => {
    const random = seeded('md5')
    for (let round = 0; round < 300; round++) note(md5.hex(randomText(random)))
    note(md5.hex('x'.repeat(100_000)))
    note(toHex(new Uint8Array(md5(Uint8Array.of(1, 2, 3)))))
  },

  'base64, there and back, with and without the platform': async ({ note }) => {
    const random = seeded('base64')
    for (const length of [0, 1, 2, 3, 255, 0x8000, 0x8001]) {
      const body = random.bytes(length)
      const text = toBase64(body)
      note([length, md5.hex(text)])
      note(decoded(text) === toHex(body))
      note(withoutNative(() => decoded(text)) === toHex(body))
    }
    for (const text of DAMAGED) note([text, decoded(text), withoutNative(() => decoded(text))])
  },
}
