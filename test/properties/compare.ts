/**
 * Tells a story twice, through the cache and without one: the answers must be equal. A story that fails is made as short
 * as it gets, and told in a few lines.
 */
import { memoryStore, type RedisCacheOptions } from '../../src/index.ts'
import { seeded } from '../fixtures/seeded.ts'
import { appOf } from './app.ts'
import { type Recipe, randomStory, type Step, type Story } from './recipe.ts'
import { shorterLists, shrink, withoutOne } from './shrink.ts'
import { type Call, requestOf } from './world.ts'

export interface Difference {
  readonly call: Call
  readonly cached: string
  readonly plain: string
}

export interface Told {
  readonly requests: number
  readonly hits: number
  readonly stored: number
  readonly difference: Difference | null
}

/** What a story is told on: the options of `redisCache()`, another store for each story. */
export type Where = () => RedisCacheOptions

const inMemory: Where = () => ({ store: memoryStore() })

/** Many stories, and how the first that fails does, as text. */
export interface Campaign {
  readonly requests: number
  readonly hits: number
  readonly stored: number
  readonly failure: string | null
}

export async function campaign(
  seed: string,
  { stories, calls, where = inMemory }: { stories: number; calls: number; where?: Where },
): Promise<Campaign> {
  const sum = { requests: 0, hits: 0, stored: 0 }
  for (let at = 0; at < stories; at++) {
    const story = randomStory(seeded(`${seed} ${at}`), calls)
    const told = await tellTwice(story, where)
    sum.requests += told.requests
    sum.hits += told.hits
    sum.stored += told.stored
    if (told.difference) return { ...sum, failure: await minimal(`${seed} ${at}`, story, where) }
  }
  return { ...sum, failure: null }
}

export async function tellTwice({ route, groups }: Story, where: Where = inMemory): Promise<Told> {
  const pending: Promise<unknown>[] = []
  const options: RedisCacheOptions = {
    ...where(),
    waitUntil: (promise) => void pending.push(promise),
    onEvent: (event) => {
      if (event.type === 'hit' && !event.route.startsWith('memoize')) hits++
      if (event.type === 'stored' && !event.route.startsWith('memoize')) stored++
    },
  }
  const cachedApp = appOf(route, options)
  const plainApp = appOf(route, null)
  let requests = 0
  let hits = 0
  let stored = 0

  const { now: wallClock } = Date
  let now = Date.UTC(2030, 0, 1, 12)
  Date.now = () => now
  try {
    for (const { calls, seconds } of groups) {
      now += seconds * 1000
      const pairs = calls.map(async (call) => {
        const cached = await answer(cachedApp, call)
        return { call, cached, plain: await answer(plainApp, call) }
      })
      const answers = await Promise.all(pairs)
      while (pending.length > 0) await Promise.all(pending.splice(0))
      requests += calls.length
      const difference = answers.find(({ cached, plain }) => cached !== plain)
      if (difference) return { requests, hits, stored, difference }
    }
  } finally {
    Date.now = wallClock
  }
  return { requests, hits, stored, difference: null }
}

/**
 * What of an answer is the app's: the cache's own fields, the length of the body that it tells a HEAD, and `Vary`, which
 * it adds to, are left out.
 */
async function answer(app: ReturnType<typeof appOf>, call: Call): Promise<string> {
  const response = await app.fetch(requestOf(call), { incoming: { headers: call.headers } })
  const ours = call.method === 'HEAD' ? [...OURS, 'content-length'] : OURS
  const fields = [...response.headers].filter(([name]) => !ours.includes(name))
  const body = await response.text().catch((error: Error) => `cut short: ${error.message}`)
  return JSON.stringify([response.status, fields.map((field) => field.join(': ')).sort(), body])
}

const OURS = ['age', 'cache-status', 'etag', 'vary']

/** The shortest story of the kind that still fails, as lines. */
async function minimal(seed: string, story: Story, where: Where): Promise<string> {
  const differs = async (candidate: Story) => (await tellTwice(candidate, where)).difference !== null
  const shortest = await shrink(story, shorterStories, differs)
  const { difference } = await tellTwice(shortest, where)
  const { route, groups } = shortest
  return [
    `seed: ${seed}`,
    `route: ${JSON.stringify(route)}`,
    ...groups.flatMap(({ calls, seconds }) => [
      ...(seconds > 0 ? [`${seconds} seconds pass`] : []),
      ...(calls.length > 1 ? [`${calls.length} at once:`] : []),
      ...calls.map(({ method, url, headers, body }) =>
        [method, url, JSON.stringify(headers), body].filter(Boolean).join(' '),
      ),
    ]),
    `through the cache: ${difference?.cached}`,
    `without it:        ${difference?.plain}`,
  ].join('\n')
}

function* shorterStories(story: Story): Generator<Story> {
  const { route, groups } = story
  for (const fewer of shorterLists(groups)) yield { route, groups: fewer }
  for (const part of ['inner', 'steps', 'late'] as const) {
    for (const shorter of shorterSteps(route[part])) yield { route: { ...route, [part]: shorter }, groups }
  }
  for (const [name, options] of withoutOne(route.options)) {
    // What is claimed by this one stays claimed: the handler may rely on it.
    if (name !== 'autoVary') yield { route: { ...route, options }, groups }
  }
  const plain: Partial<Recipe> = {
    built: false,
    bodyAbove: false,
    errors: 'none',
    exclude: [],
    kind: 'plain',
  }
  for (const [name, value] of Object.entries(plain)) {
    if (JSON.stringify(route[name as keyof Recipe]) !== JSON.stringify(value))
      yield { route: { ...route, [name]: value }, groups }
  }
  for (const [at, group] of groups.entries()) {
    const instead = (...others: Story['groups']) => ({
      route,
      groups: [...groups.slice(0, at), ...others, ...groups.slice(at + 1)],
    })
    if (group.calls.length > 1) yield instead(...group.calls.map((call) => ({ calls: [call], seconds: 0 })))
    if (group.seconds > 0) yield instead({ ...group, seconds: 0 })
    const [call] = group.calls
    if (group.calls.length > 1 || !call) continue
    for (const [, headers] of withoutOne(call.headers)) {
      yield instead({ ...group, calls: [{ ...call, headers }] })
    }
    const [bare = ''] = call.url.split('?')
    if (bare !== call.url) yield instead({ ...group, calls: [{ ...call, url: bare }] })
  }
}

function* shorterSteps(steps: readonly Step[]): Generator<readonly Step[]> {
  for (const [at, step] of steps.entries()) {
    const instead = (others: readonly Step[]) => [...steps.slice(0, at), ...others, ...steps.slice(at + 1)]
    yield instead([])
    if ('memo' in step) {
      yield instead(step.memo)
      for (const memo of shorterSteps(step.memo)) yield instead([{ ...step, memo }])
    }
    if ('when' in step) {
      yield instead([step.when])
      for (const even of shorterSteps(step.even)) yield instead([{ ...step, even }])
      for (const odd of shorterSteps(step.odd)) yield instead([{ ...step, odd }])
    }
  }
}
