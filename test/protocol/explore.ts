/** Many schedules, and what they came to. */
import { type Rules, runSchedule } from './schedule.ts'
import type { CreateWorld } from './world.ts'

export interface Exploration {
  /** How many were run. */
  readonly schedules: number
  readonly answers: number
  /** Look-ups that copies have answered. */
  readonly copies: number
  readonly clears: number
  /** The first schedule in which something was wrong, told from its beginning; `null` if there was none. */
  readonly failure: string | null
}

/** Runs schedules until one fails, at most so many. The name is the seed: the same name runs the same schedules. */
export async function explore(
  name: string,
  most: number,
  createWorld: CreateWorld,
  rules: Rules = {},
): Promise<Exploration> {
  let answers = 0
  let copies = 0
  let clears = 0
  for (let schedules = 1; schedules <= most; schedules++) {
    const seed = `${name} #${schedules}`
    const run = await runSchedule(seed, createWorld, rules)
    answers += run.answers
    copies += run.copies
    clears += run.clears
    if (run.complaint === null) continue
    const { transcript } = await runSchedule(seed, createWorld, rules, true)
    const failure = [`seed "${seed}": ${run.complaint}`, ...transcript].join('\n')
    return { schedules, answers, copies, clears, failure }
  }
  return { schedules: most, answers, copies, clears, failure: null }
}
