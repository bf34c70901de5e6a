/** The report: what has not passed and why, and the totals beside the published ones. */
import { casesOf, type createScorer, type Failure, type Score, type Tally } from './score.ts'
import type { Results, Suite } from './suite.ts'

export function printFailures(title: string, failures: readonly Failure[]): void {
  if (failures.length === 0) return
  console.log(`\n== ${title}`)
  for (const { id, kind, symbol, reason } of failures) console.log(`${symbol} ${kind} ${id}\n     ${reason}`)
}

/**
 * Ours, also without the cases that the suite has turned round since, and those of the shared caches that the suite
 * ships, which are as old as the suite.
 */
export function printScores(suite: Suite, scorer: ReturnType<typeof createScorer>, ours: Results): void {
  const row = (results: Results, groups = suite.groups) => ({
    ...columns(scorer.score(groups, results), ''),
    ...columns(scorer.score([suite.targeted], results), `${suite.targeted.name}: `),
  })
  const standing = suite.groups.map((group) => ({
    ...group,
    tests: group.tests.filter(({ id }) => !suite.isCorrected(id)),
  }))
  const isOld = casesOf(standing).length < casesOf(suite.groups).length
  console.log('\n== Passed (of a check: answered with yes)')
  console.table({
    'hono-redis-cache': row(ours),
    ...(isOld && { 'of what the suite expects still': row(ours, standing) }),
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
