/** What this run uses of the suite: its cases, its client, its own judgement of a result, and the results it ships. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export type Kind = 'required' | 'optimal' | 'check'

export interface Case {
  readonly id: string
  readonly kind?: Kind
  readonly browser_only?: boolean
  readonly depends_on?: readonly string[]
  /** Set to have the client and the origin print what they send and get. */
  dump?: boolean
}

export interface Group {
  readonly id: string
  readonly name: string
  readonly tests: readonly Case[]
}

export type Result = true | readonly [kind: string, reason?: string]
export type Results = Readonly<Record<string, Result>>

/** A shared cache whose results the suite ships. */
export interface Published {
  readonly name: string
  readonly version: string
  readonly results: Results
}

export interface Suite {
  /** The folder of its client, its server and its judgement. */
  readonly engine: string
  /** The groups of its own index. */
  readonly groups: readonly Group[]
  /**
   * Of a field for some shared caches, and so shown apart: `CDN-Cache-Control`, which is in the index, or in the cut on
   * npm `Surrogate-Control`, of a W3C note and by the suite's own words without clear interoperability, which is not.
   */
  readonly targeted: Group
  /** All that is run. */
  readonly all: readonly Group[]
  readonly published: readonly Published[]
  /** Whether the suite has come to expect the contrary since. */
  isCorrected(id: string): boolean
  run(groups: readonly Group[], base: string): Promise<Results>
  /** The symbol that the suite shows for a result, failed dependencies taken into account. */
  judge(groups: readonly Group[], id: string, results: Results): string
}

/**
 * What is wrong in the cut on npm: where the origin hangs up, the number that its answer would carry is expected; and an
 * Age that is no number, or comes with others, is taken for old age, not ignored or read from the first (RFC 9111 §5.1).
 */
const CORRECTED =
  /^(stale-close-.+|age-parse-(nonnumeric|negative|float|prefix-twoline|dup-.+|(numeric-)?parameter))$/

interface Runner {
  runTests(groups: readonly Group[], ...rest: unknown[]): Promise<void>
  getResults(): Results
}

interface Judge {
  determineTestResult(groups: readonly Group[], id: string, results: Results): readonly string[]
}

interface Listed {
  readonly file: string
  readonly name: string
  readonly type: string
  readonly version: string
}

/** @param folder a checkout of today, or the cut on npm, which has no folder for its engine and is handed its `fetch` */
export async function loadSuite(folder: string): Promise<Suite> {
  const load = async <T>(path: string): Promise<T> => import(pathToFileURL(join(folder, path)).href)
  const isCut = !existsSync(join(folder, 'test-engine'))
  const engine = isCut ? '.' : 'test-engine'
  const { default: groups } = await load<{ default: Group[] }>('tests/index.mjs')
  const { default: targeted } = await load<{ default: Group }>(
    `tests/${isCut ? 'surrogate' : 'cdn-cache'}-control.mjs`,
  )
  const { runTests, getResults } = await load<Runner>(`${engine}/client/runner.mjs`)
  const { determineTestResult } = await load<Judge>(`${engine}/lib/${isCut ? 'display' : 'results'}.mjs`)
  const fetch: unknown[] = isCut ? [createRequire(join(folder, 'cli.mjs'))('node-fetch')] : []
  return {
    engine: join(folder, engine),
    groups,
    targeted,
    all: [...new Set([...groups, targeted])],
    published: existsSync(join(folder, 'results'))
      ? publishedIn(folder, (await load<{ default: Listed[] }>('results/index.mjs')).default)
      : [],
    isCorrected: (id) => isCut && CORRECTED.test(id),
    async run(chosen, base) {
      await runTests(chosen, ...fetch, false, base)
      return getResults()
    },
    judge: (all, id, results) => determineTestResult(all, id, results)[2]!,
  }
}

const publishedIn = (folder: string, listed: readonly Listed[]): Published[] =>
  listed
    .filter(({ type }) => type !== 'browser')
    .map(({ file, name, version }) => ({
      name,
      version,
      results: JSON.parse(readFileSync(join(folder, 'results', file), 'utf8')) as Results,
    }))
