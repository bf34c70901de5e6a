/**
 * Our MD5 beside the platform's and four from npm, for a key of 100 bytes: medians of rounds that take turns, so that a
 * busy machine slows all of them alike. js-md5 is there twice: on Node the package hands text to node:crypto; what runs
 * on the other platforms is its own JavaScript.
 */
import { createHash, hash } from 'node:crypto'
import { md5 } from '../../src/key/md5.ts'

type Hex = (text: string) => string

export interface Md5Row {
  name: string
  nanoseconds: number
  /** Its time divided by ours: above 1, ours is the faster. */
  ratio: number
}

const ROUNDS = 31
const WARM_UP = 6
const PASSES = 10

/** As many keys as it takes that no engine can remember the answers. */
const keys = Array.from({ length: 500 }, (_, i) =>
  `GET https://shop.example/products/${i}?page=2&sort=price&currency=EUR&q=`.padEnd(100, `${i}-`),
)

/** By names that the compiler does not follow: not all of these packages have types. */
const load = (name: string) => import(name)

async function contestants(): Promise<Record<string, Hex>> {
  const { bytesToHex } = await load('@noble/hashes/utils.js')
  const noble = (await load('@noble/hashes/legacy.js')).md5
  const encoder = new TextEncoder()
  return {
    'hono-redis-cache md5.hex': md5.hex,
    'crypto.hash': (text) => hash('md5', text),
    'crypto.createHash': (text) => createHash('md5').update(text).digest('hex'),
    'js-md5, Node build': (await load('js-md5')).default,
    'js-md5, JavaScript': (await load('js-md5/build/md5.mjs')).default,
    'spark-md5': (await load('spark-md5')).default.hash,
    '@noble/hashes': (text) => bytesToHex(noble(encoder.encode(text))),
    md5: (await load('md5')).default,
  }
}

export async function benchMd5(): Promise<Md5Row[]> {
  const entries = Object.entries(await contestants())
  const times = entries.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, [name, hex]] of entries.entries()) {
      let answer = ''
      const start = performance.now()
      for (let pass = 0; pass < PASSES; pass++) for (const key of keys) answer = hex(key)
      const elapsed = performance.now() - start
      if (answer !== hash('md5', keys.at(-1)!)) throw new Error(`${name} gives a wrong answer`)
      if (round >= WARM_UP) times[i]!.push((elapsed * 1e6) / (PASSES * keys.length))
    }
  }
  const medians = times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]!)
  return entries.map(([name], i) => ({
    name,
    nanoseconds: Math.round(medians[i]!),
    ratio: Number((medians[i]! / medians[0]!).toFixed(2)),
  }))
}

if (import.meta.main) console.table(await benchMd5())
