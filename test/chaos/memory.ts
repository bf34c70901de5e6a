/** Memory over time, garbage collected before each look, and whether it levels off. */
import { collectGarbage } from '../support/garbage.ts'

export interface Sample {
  /** Seconds since the start. */
  readonly at: number
  readonly heap: number
  readonly rss: number
}

const MIB = 2 ** 20

export function sample(started: number): Sample {
  collectGarbage()
  const { heapUsed, external, rss } = process.memoryUsage()
  return { at: (performance.now() - started) / 1000, heap: heapUsed + external, rss }
}

/** What is wrong: the last quarter beside the second, by their medians. `null`: memory has levelled off. */
export function growth(samples: readonly Sample[]): string | null {
  const quarter = Math.floor(samples.length / 4)
  if (quarter === 0) return 'too few samples to tell whether memory is bounded'
  const second = samples.slice(quarter, 2 * quarter)
  const last = samples.slice(-quarter)
  for (const [of, factor, slack] of [
    ['heap', 1.2, 8 * MIB],
    ['rss', 1.25, 48 * MIB],
  ] as const) {
    const before = median(second.map((sample) => sample[of]))
    const after = median(last.map((sample) => sample[of]))
    if (after > before * factor + slack) {
      return `${of} grows: ${(before / MIB).toFixed(0)} MiB, then ${(after / MIB).toFixed(0)} MiB`
    }
  }
  return null
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
