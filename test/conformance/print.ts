/** The report: what has not passed and why, and the totals beside the published ones. */
import type { createScorer, Failure, Score, Tally } from './score.ts'
import type { Results, Suite } from './suite.ts'

export function printFailures(title: string, failures: readonly Failure[]): void {
  if (failures.length === 0) return
  console.log(`\n== ${title}`)
  for (const { id, kind, symbol, reason } of failures) console.log(`${symbol} ${kind} ${id}\n     ${reason}`)
}

/** Ours, and those of the shared caches that the suite ships, which are as old as the suite. */
export function printScores(suite: Suite, scorer: ReturnType<typeof createScorer>, ours: Results): void {
  const row = (results: Results) => ({
    ...columns(scorer.score(suite.groups, results), ''),
    ...columns(scorer.score([suite.surrogate], results), 'surrogate '),
  })
  console.log('\n== Passed (of a check: answered with yes)')
  console.table({
    'hono-redis-cache': row(ours),
    ...Object.fromEntries(
      suite.published.map(({ name, version, results }) => [`${name} ${version}`, row(results)]),
    ),
  })
}

const columns = ({ required, optimal, check }: Score, prefix: string) => ({
  [`${prefix}required`]: fraction(required),
  [`${prefix}optimal`]: fraction(optimal),
  [`${prefix}check`]: fraction(check),
})

const fraction = ({ passed, of }: Tally): string => `${passed}/${of}`
