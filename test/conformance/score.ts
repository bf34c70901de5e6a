/**
 * Counts as the suite's own pages do: what the suite judges as passed, where a case counts for nothing when one that it
 * depends on has failed. The same counting for our results and the published ones, so that they can be compared.
 */
import type { Case, Group, Kind, Results, Suite } from './suite.ts'

export interface Tally {
  passed: number
  readonly of: number
}

export type Score = Readonly<Record<Kind, Tally>>

export interface Failure {
  readonly id: string
  readonly kind: Kind
  readonly symbol: string
  readonly reason: string
  readonly corrected: boolean
}

/** The suite's symbols for a case that passed, and for a question that was answered with yes. */
const PASSED = ['✅', 'Y']

export const kindOf = ({ kind = 'required' }: Case): Kind => kind

/** The cases for a shared cache. */
export const casesOf = (groups: readonly Group[]): Case[] =>
  groups.flatMap(({ tests }) => tests).filter(({ browser_only }) => !browser_only)

export function createScorer(suite: Suite) {
  const symbolOf = (id: string, results: Results) => suite.judge(suite.all, id, results)

  return {
    score(groups: readonly Group[], results: Results): Score {
      const cases = casesOf(groups)
      const tally = (kind: Kind): Tally => {
        const those = cases.filter((one) => kindOf(one) === kind)
        const passed = those.filter(({ id }) => PASSED.includes(symbolOf(id, results)))
        return { passed: passed.length, of: those.length }
      }
      return { required: tally('required'), optimal: tally('optimal'), check: tally('check') }
    },

    /** A check is a question: its no is no failure. */
    failures(groups: readonly Group[], results: Results): Failure[] {
      return casesOf(groups)
        .filter((one) => kindOf(one) !== 'check')
        .map((one) => ({ one, symbol: symbolOf(one.id, results) }))
        .filter(({ symbol }) => !PASSED.includes(symbol))
        .map(({ one, symbol }) => ({
          id: one.id,
          kind: kindOf(one),
          symbol,
          reason: reasonOf(one, results),
          corrected: suite.isCorrected(one.id),
        }))
    },
  }
}

function reasonOf({ id, depends_on = [] }: Case, results: Results): string {
  const result = results[id]
  if (result === undefined) return 'was not run'
  if (result === true) return `passed, but depends on ${depends_on.join(', ')}`
  return result.join(': ')
}
