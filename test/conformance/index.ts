/**
 * `npm run conformance`: the public suite for HTTP caches (cache-tests.fyi) against `policy: 'standard'`, with a real
 * Redis behind it. It takes about twenty seconds, most of them spent waiting for responses to become stale.
 *
 * `--suite <folder>` runs a checkout of the suite in place of the cut on npm, in a minute.
 * `--id <case>` runs one case and prints all that is sent, `--verbose` prints what the cache decides.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startBridge } from '../fixtures/bridge.ts'
import { startRedis } from '../fixtures/redis-server.ts'
import { install } from './install.ts'
import { startOrigin } from './origin.ts'
import { printFailures, printScores } from './print.ts'
import { startProxy } from './proxy.ts'
import { casesOf, createScorer } from './score.ts'
import { type Group, loadSuite, type Results, type Suite } from './suite.ts'

const { values: asked } = parseArgs({
  options: { suite: { type: 'string' }, id: { type: 'string' }, verbose: { type: 'boolean' } },
})

// The suite's client uses parts of Node that later ones advise against.
process.noDeprecation = true

const suite = await loadSuite(asked.suite === undefined ? install() : resolve(asked.suite))
process.exitCode = asked.id === undefined ? await runAll(suite) : await runOne(suite, asked.id)

async function runAll(suite: Suite): Promise<number> {
  console.log(`running ${casesOf(suite.all).length} cases`)
  const results = await run(suite, suite.all)
  const scorer = createScorer(suite)
  const failures = scorer.failures(suite.all, results)
  const failed = failures.filter(({ corrected }) => !corrected)
  printFailures('Not passed', failed)
  printFailures(
    'Not to be passed: the suite has corrected these since',
    failures.filter(({ corrected }) => corrected),
  )
  printScores(suite, scorer, results)
  return failed.some(({ kind }) => kind === 'required') ? 1 : 0
}

async function runOne(suite: Suite, id: string): Promise<number> {
  const one = casesOf(suite.all).find((candidate) => candidate.id === id)
  if (!one) throw new Error(`the suite has no case ${id}`)
  one.dump = true
  const { [id]: result } = await run(suite, [{ id, name: id, tests: [one] }])
  console.log(result === true ? 'passed' : result)
  return result === true ? 0 : 1
}

/** Starts everything that it takes, and stops all of it again. */
async function run(suite: Suite, groups: readonly Group[]): Promise<Results> {
  const running: { stop(): Promise<void> }[] = []
  const keep = <T extends { stop(): Promise<void> }>(started: T): T => {
    running.unshift(started)
    return started
  }
  const show = asked.verbose ?? false
  try {
    const redis = keep(await startRedis())
    const bridge = keep(await startBridge({ redis, recording: false }))
    const origin = keep(await startOrigin(suite.engine, show || asked.id !== undefined))
    const proxy = keep(await startProxy({ origin: origin.url, redis: bridge, show }))
    return await suite.run(groups, proxy.url)
  } finally {
    for (const one of running) await one.stop()
  }
}
