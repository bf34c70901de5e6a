/** Feeds one parser, and says with which input and how many it failed. */
import { seeded } from '../fixtures/seeded.ts'
import type { Parser } from './parsers.ts'

export interface Run {
  readonly inputs: number
  readonly seconds: number
  /** How many inputs differ from all before them, of the first ten thousand: a fuzzer that repeats itself finds nothing. */
  readonly different: number
}

/** Until so many inputs are through, or so many seconds have passed. */
export function fuzz(parser: Parser, seed: string, inputs: number, seconds = Number.POSITIVE_INFINITY): Run {
  const random = seeded(`${seed}:${parser.name}`)
  const seen = new Set<string>()
  const started = performance.now()
  const elapsed = () => (performance.now() - started) / 1000
  let done = 0
  while (done < inputs && (done % 1024 !== 0 || elapsed() < seconds)) {
    const input = parser.inputs(random)
    if (done < 10_000) seen.add(input)
    try {
      parser.check(input, random)
    } catch (cause) {
      throw new Error(`${parser.name}, seed ${seed}, input ${done}: ${JSON.stringify(input)}`, { cause })
    }
    done++
  }
  return { inputs: done, seconds: elapsed(), different: seen.size }
}
