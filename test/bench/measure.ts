/**
 * Contestants side by side: rounds that take turns, in another order each time, so that a busy machine slows all of
 * them alike. What is reported are medians; a ratio is the median of the ratios of the rounds, each within one round,
 * and so is a difference.
 */

import { setTimeout as delay } from 'node:timers/promises'

export type Contestants = Readonly<Record<string, () => Promise<unknown>>>

export interface Measured {
  readonly name: string
  /** Of one pass. */
  readonly microseconds: number
  /** Its time divided by that of the first contestant. */
  readonly ratio: number
  /** Microseconds that it takes more than the first contestant. */
  readonly more: number
}

export interface Rounds {
  readonly rounds: number
  /** Rounds that do not count, at the beginning. */
  readonly warmUp: number
  /** Calls of each contestant in each round. */
  readonly passes: number
  /** Calls under way at once. */
  readonly concurrent?: number
  /**
   * Counts processor time in place of time, and with it what a turn leaves behind for so many milliseconds: a timer
   * that goes off in somebody else's turn is still to be paid by whoever set it.
   */
  readonly aftermath?: number
}

export async function measure(
  contestants: Contestants,
  { rounds, warmUp, passes, concurrent = 1, aftermath }: Rounds,
): Promise<Measured[]> {
  const entries = Object.entries(contestants)
  const times = entries.map((): number[] => [])
  for (let round = 0; round < warmUp + rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const i = (round + turn) % entries.length
      const [, run] = entries[i]!
      const now = aftermath === undefined ? () => performance.now() * 1000 : processorTime
      const start = now()
      await repeat(run, passes, concurrent)
      if (aftermath !== undefined) await delay(aftermath)
      if (round >= warmUp) times[i]!.push((now() - start) / passes)
    }
  }
  return entries.map(([name], i) => ({
    name,
    microseconds: Number(median(times[i]!).toFixed(1)),
    ratio: Number(median(times[i]!.map((time, round) => time / times[0]![round]!)).toFixed(2)),
    more: Number(median(times[i]!.map((time, round) => time - times[0]![round]!)).toFixed(1)),
  }))
}

/** Microseconds that this process has kept processors busy, its garbage collector included. */
function processorTime(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

export async function repeat(run: () => Promise<unknown>, passes: number, concurrent: number): Promise<void> {
  let left = passes
  const lane = async () => {
    while (left-- > 0) await run()
  }
  if (concurrent === 1) return lane()
  await Promise.all(Array.from({ length: concurrent }, lane))
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/** `met` beside a goal: a bench reports, it does not fail. */
export const atMost = (value: number, goal: number): { goal: string; met: string } => ({
  goal: `<= ${goal}`,
  met: value <= goal ? 'yes' : 'NO',
})
