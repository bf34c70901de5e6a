/** The load: lanes of requests and clears in one isolate, each answer checked as it comes. */

import { setTimeout as delay } from 'node:timers/promises'
import type { Hono } from 'hono'
import type { ClearTarget } from 'hono-redis-cache'
import { findCountry } from '../../examples/countries.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { ON_PURPOSE } from './app.ts'
import type { Oracle } from './oracle.ts'
import { anyPage, anyTarget, type Page, targetsOf, WRITE_MS } from './pages.ts'
import type { Recorder } from './report.ts'

export interface Isolate {
  readonly index: number
  readonly name: string
  readonly app: Hono
  /** What `openCache()` gives for the same connection. */
  clear(...target: [ClearTarget?]): Promise<boolean>
}

interface Load {
  readonly isolate: Isolate
  readonly oracle: Oracle
  readonly recorder: Recorder
  readonly random: Seeded
  /** Milliseconds for which the process has kept everybody waiting so far. */
  lag(): number
  ended(): boolean
}

const USERS = ['ann', 'bob', 'cyd', 'dee'] as const
/** What this machine may take, beside the deadlines. */
const SLACK_MS = 400
const HUNG_MS = 10_000

export async function lane(load: Load): Promise<void> {
  const { random, ended } = load
  while (!ended()) {
    const kind = random.int(100)
    if (kind < 2) await write(load, anyTarget(random))
    else if (kind < 5) await crowd(load)
    else if (kind < 8) await race(load)
    else await ask(load, anyPage(random))
    await delay(random.int(15))
  }
}

const CROWD = 8

/** A page that nobody has asked for before. */
const unheardOf = (random: Seeded) => String(random.int(1e9))

/** Many at once for one page, of several people. */
async function crowd(load: Load): Promise<void> {
  const { random } = load
  const page = anyPage(random)
  const n = random.chance(0.5) ? unheardOf(random) : null
  await Promise.all(Array.from({ length: CROWD }, () => ask(load, page, n)))
}

/** A write while its pages are being made, and who asks right after it. */
async function race(load: Load): Promise<void> {
  const { random } = load
  const page = anyPage(random)
  const before = Array.from({ length: 2 }, () => ask(load, page, null))
  await delay(10 + random.int(40))
  await write(load, random.pick(targetsOf(page)))
  await Promise.all([...before, ...Array.from({ length: 4 }, () => ask(load, page, null))])
}

async function ask(
  load: Load,
  page: Page,
  n = load.random.chance(0.1) ? unheardOf(load.random) : null,
): Promise<void> {
  const { isolate, oracle, recorder, random } = load
  const user = random.pick(USERS)
  const headers: Record<string, string> = page.personal
    ? { 'x-user': user, cookie: `user=${user}; other=${random.int(9)}`, authorization: `Bearer ${user}` }
    : {}
  const query = new URLSearchParams(page.query ?? '')
  if (page.path.startsWith('/setting')) query.set('user', user)
  if (!page.query && n !== null) query.set('n', n)
  const request = new Request(`http://localhost${page.path}?${query}`, { headers })
  const check = oracle.ask(page, isolate.index, user)
  const about = () => `${isolate.name} GET ${page.path}?${query} by ${user}`
  const waited = stopwatch(load)
  recorder.count('requests')
  try {
    const response = await orHung(isolate.app.fetch(request))
    const status = response.headers.get('cache-status') ?? 'none'
    if (random.chance(0.01)) {
      recorder.count('given up by the client')
      await response.body?.cancel()
      return
    }
    const body = await orHung(response.text())
    waited(page.patience, `an answer`, () => `${about()}: ${status}`)
    recorder.count(`answers: ${kindOf(status)}`)
    if (response.headers.has(ON_PURPOSE)) return recorder.count('answers: failed on purpose')
    if (response.status !== 200)
      return recorder.violation(`${about()}: ${response.status} ${body.slice(0, 200)}`)
    const wrong = check(page.read(body))
    if (wrong) recorder.violation(`${about()}: ${wrong}; ${status}`)
  } catch (error) {
    recorder.violation(`${about()}: ${String(error)}`)
  }
}

function kindOf(status: string): string {
  if (status.includes('; hit')) return 'hit'
  if (status.includes('collapsed')) return 'shared'
  return status.includes('fwd=bypass') ? 'bypass' : 'miss'
}

/** A write: the data first, and then the clear of what was made from it. */
async function write(load: Load, target: ClearTarget | undefined): Promise<void> {
  const { isolate, oracle, recorder, random } = load
  const done = oracle.write(target, isolate.index)
  const about = `${isolate.name} clear ${JSON.stringify(target) ?? ''}`
  const waited = stopwatch(load)
  try {
    const confirmed = await orHung(clear(isolate, target, random))
    done(confirmed)
    waited(WRITE_MS, 'a clear', () => about)
    recorder.note(`${about}: ${confirmed}`)
    recorder.count(confirmed ? 'clears: confirmed' : 'clears: could not be')
  } catch (error) {
    recorder.violation(`${about}: ${String(error)}`)
  }
}

/** Through the example's own routes where there is one. */
async function clear(isolate: Isolate, target: ClearTarget | undefined, random: Seeded): Promise<boolean> {
  const path = routeOf(target)
  if (path === null || random.chance(0.2)) return target ? isolate.clear(target) : isolate.clear()
  const code = target?.tag?.split('country:')[1]
  const response = code
    ? await isolate.app.request(`/countries/${code}/capital`, {
        method: 'PUT',
        body: findCountry(code)!.capital,
      })
    : await isolate.app.request(path, { method: 'DELETE' })
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return ((await response.json()) as { cleared: boolean }).cleared
}

function routeOf(target: ClearTarget | undefined): string | null {
  if (!target) return '/cache'
  if (target.tag !== undefined) return `/cache/tags/${target.tag}`
  if (target.path !== undefined) return `/cache/paths${target.path}`
  if (target.key !== undefined) return `/cache/keys/${target.key}`
  return target.namespace === undefined ? null : `/cache/namespaces/${target.namespace}`
}

/** So that a run ends, whatever hangs. */
async function orHung<T>(work: T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end after ${HUNG_MS} ms`)), HUNG_MS)
  })
  return Promise.race([work, hung]).finally(() => clearTimeout(timer))
}

/** Calls it too long when it was, not counting what the process itself stood still. */
function stopwatch({ recorder, lag }: Load) {
  const [began, lagged] = [performance.now(), lag()]
  return (patience: number, what: string, about: () => string): void => {
    const took = performance.now() - began - (lag() - lagged)
    recorder.took(what, took)
    if (took > patience + SLACK_MS) recorder.violation(`${about()}: took ${took.toFixed(0)} ms`)
  }
}
