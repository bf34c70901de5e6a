/** What this run uses of the suite: its cases, its client, its own judgement of a result, and the results it ships. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

export type Kind = 'required' | 'optimal' | 'check'

export interface Case {
  readonly id: string
  readonly kind?: Kind
  readonly browser_only?: boolean
  readonly depends_on?: readonly string[]
  readonly requests: readonly { readonly disconnect?: boolean; readonly expected_type?: string }[]
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
  readonly folder: string
  /** The groups of its own index. */
  readonly groups: readonly Group[]
  /** Of a W3C note, and by the suite's own words without clear interoperability: run, and counted apart. */
  readonly surrogate: Group
  readonly published: readonly Published[]
  run(groups: readonly Group[], base: string): Promise<Results>
  /** The symbol that the suite shows for a result, failed dependencies taken into account. */
  judge(groups: readonly Group[], id: string, results: Results): string
}

interface Runner {
  runTests(groups: readonly Group[], fetch: unknown, browserCache: boolean, base: string): Promise<void>
  getResults(): Results
}

interface Display {
  determineTestResult(groups: readonly Group[], id: string, results: Results): readonly string[]
}

interface Listed {
  readonly file: string
  readonly name: string
  readonly type: string
  readonly version: string
}

export async function loadSuite(folder: string): Promise<Suite> {
  const load = async <T>(path: string): Promise<T> => import(pathToFileURL(join(folder, path)).href)
  const { default: groups } = await load<{ default: Group[] }>('tests/index.mjs')
  const { default: surrogate } = await load<{ default: Group }>('tests/surrogate-control.mjs')
  const { default: listed } = await load<{ default: Listed[] }>('results/index.mjs')
  const { runTests, getResults } = await load<Runner>('client/runner.mjs')
  const { determineTestResult } = await load<Display>('lib/display.mjs')
  const fetch: unknown = createRequire(join(folder, 'cli.mjs'))('node-fetch')
  return {
    folder,
    groups,
    surrogate,
    published: listed
      .filter(({ type }) => type !== 'browser')
      .map(({ file, name, version }) => ({
        name,
        version,
        results: JSON.parse(readFileSync(join(folder, 'results', file), 'utf8')) as Results,
      })),
    async run(chosen, base) {
      await runTests(chosen, fetch, false, base)
      return getResults()
    },
    judge: (all, id, results) => determineTestResult(all, id, results)[2]!,
  }
}
