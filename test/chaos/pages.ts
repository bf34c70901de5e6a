/** What can be asked of the app under chaos, what each answer must be about, and which clears cover it. */
import type { ClearTarget } from 'hono-redis-cache'
import { findCountry } from '../../examples/countries.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { type Answer, COALESCE_WAIT, SLOWEST_MS } from './app.ts'
import { COUNTRIES, ITEMS, versionOf } from './data.ts'

export const READ_MS = 500
export const WRITE_MS = 1_000

export interface Page {
  readonly path: string
  /** The name that its answers give it. */
  readonly says: string
  readonly namespace: string
  /** What it is made from. */
  readonly ids: readonly string[]
  /** Whether its data can be cleared by tag, and by path alone. */
  readonly tagged: boolean
  readonly byPath: boolean
  readonly key?: string
  readonly personal: boolean
  /** What its query may be, besides. */
  readonly query?: string
  /** The longest that an answer may take, all faults included, in milliseconds. */
  readonly patience: number
  /** What an answer says. */
  read(body: string): Answer
}

const PATIENCE = READ_MS + COALESCE_WAIT * 1000 + SLOWEST_MS
/** Whoever has waited for the isolate's own flight may have to wait for a lease as well. */
const WITH_LEASE = PATIENCE + COALESCE_WAIT * 1000 + 3 * READ_MS

const asJson = (body: string): Answer => JSON.parse(body) as Answer

function itemPage(name: string, id: string, more: Partial<Page>): Page {
  const basic = { tagged: true, byPath: true, personal: false, patience: PATIENCE, read: asJson }
  return { path: `/${name}/${id}`, says: `/${name}/${id}`, namespace: name, ids: [id], ...basic, ...more }
}

interface Summary {
  readonly code: string
  readonly capital: string
}

/** The example's answers know no pages: what they were found by says which they are. */
function countryPage(path: string, ids: readonly string[], more: Partial<Page>): Page {
  return {
    path,
    says: path,
    namespace: 'countries',
    ids,
    tagged: true,
    byPath: true,
    personal: false,
    patience: PATIENCE,
    read(body) {
      const { found, countries, ...one } = JSON.parse(body) as Record<string, unknown>
      const all = (found ?? countries ?? [one]) as Summary[]
      const versions = all.filter(({ code }) => ids.includes(code))
      return { page: path, versions: versions.map(({ code, capital }) => [code, versionOf(capital)]) }
    },
    ...more,
  }
}

const ofItems = (name: string, more: Partial<Page> = {}, count = ITEMS.length): Page[] =>
  ITEMS.slice(0, count).map((id) => itemPage(name, id, more))

const personal = { namespace: 'personal', personal: true }

/** By kind, with how often each is asked. */
const KINDS: readonly (readonly [weight: number, pages: readonly Page[]])[] = [
  [30, ofItems('items')],
  [8, ofItems('slow')],
  [8, ofItems('leased', { namespace: 'slow', patience: WITH_LEASE })],
  [8, ofItems('failing', { namespace: 'items' })],
  [
    6,
    ofItems('built', { namespace: 'default', tagged: false }).map((page) => ({ ...page, key: keyOf(page) })),
  ],
  // Its memo stays when the page alone is cleared.
  [8, ofItems('memo', { byPath: false })],
  [
    6,
    ofItems(
      'static',
      {
        namespace: 'default',
        ids: ITEMS,
        tagged: false,
        key: 'static',
        says: '/static',
      },
      3,
    ),
  ],
  [6, ofItems('header', personal, 10)],
  [6, ofItems('variable', personal, 10)],
  [5, ofItems('cookie', personal, 10)],
  [3, ofItems('credential', personal, 10)],
  [3, ofItems('setting', personal, 10)],
  [4, COUNTRIES.map((code) => countryPage(`/countries/${code}`, [code], { namespace: 'country' }))],
  [
    2,
    COUNTRIES.slice(0, 4).map((code) =>
      countryPage('/countries/search', COUNTRIES, { query: `q=${findCountry(code)!.name}` }),
    ),
  ],
  [1, [countryPage('/countries', COUNTRIES, { tagged: false })]],
]

function keyOf({ ids }: Page): string {
  return `built-${ids[0]}`
}

export const PAGES: readonly Page[] = KINDS.flatMap(([, pages]) => pages)
const WEIGHTED = KINDS.flatMap(([weight, pages]) => Array.from({ length: weight }, () => pages))

export const anyPage = (random: Seeded): Page => random.pick(random.pick(WEIGHTED))

export const tagOf = (id: string): string => (COUNTRIES.includes(id) ? `country:${id}` : `item:${id}`)

export function anyTarget(random: Seeded): ClearTarget | undefined {
  const id = random.pick([...ITEMS, ...COUNTRIES])
  const page = anyPage(random)
  const kind = random.int(100)
  if (kind < 45) return { tag: tagOf(id) }
  if (kind < 55) return { tags: [tagOf(id), tagOf(random.pick(ITEMS))] }
  if (kind < 75) return { path: page.path }
  if (kind < 85) return { key: random.chance(0.5) ? 'static' : `built-${random.pick(ITEMS)}` }
  if (kind < 98) return { namespace: page.namespace }
  return undefined
}

/** Clears of one page and little else. */
export function targetsOf({ path, ids, tagged, byPath, key }: Page): ClearTarget[] {
  return [
    ...(tagged ? [{ tag: tagOf(ids[0]!) }] : []),
    ...(byPath ? [{ path }] : []),
    ...(key !== undefined ? [{ key }] : []),
  ]
}

/** Whether a clear covers what a page says of that id. */
export function covers(target: ClearTarget | undefined, page: Page, id: string): boolean {
  if (!target) return true
  if (target.namespace !== undefined && target.key === undefined) return page.namespace === target.namespace
  if (target.tag !== undefined) return page.tagged && tagOf(id) === target.tag
  if (target.tags !== undefined) return page.tagged && target.tags.includes(tagOf(id))
  if (target.path !== undefined) return page.byPath && page.path === target.path
  return page.key === target.key
}
