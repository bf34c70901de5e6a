/** The pages of a random app, the options of their routes, and what can be cleared of them. */
import type { CacheOptions, ClearTarget, MemoizeOptions } from '../../src/index.ts'
import type { Seeded } from '../fixtures/seeded.ts'

export interface Page {
  readonly path: string
  readonly options: CacheOptions & { readonly tags: readonly string[] }
  /** Tags that its handler adds, and that the body adds which it streams. */
  readonly added: readonly string[]
  readonly late: readonly string[]
  /** By what it is its reader's own. */
  readonly personal: 'no' | 'header' | 'variable' | 'cookie'
  /** The memo that it is made of. `above`: middleware above has called it, and put its value on the Context. */
  readonly memo: 'none' | 'load' | 'list' | 'above'
  /** Its `cache()` is hidden in an `every()`, below another that sees or does not see it, or under another prefix. */
  readonly placed: 'plainly' | 'every' | 'below' | 'every below' | 'prefix'
  /** What its handler may do in place of an answer. */
  readonly may: 'nothing' | 'fail' | 'confirm' | 'skip'
}

export interface Recipe {
  readonly pages: readonly Page[]
  readonly memo: Pick<MemoizeOptions<object>, 'staleWhileRevalidate' | 'staleIfError'> & {
    readonly fails: boolean
  }
}

export const OTHER_PREFIX = 'other'
/** The memos, with their tags: `list` calls `load`. */
export const MEMOS = { load: 't', list: 'u' } as const
const PATHS = ['/a', '/b', '/c']
const TAGS = ['t', 'u']

/** Of two isolates: mostly of one deployment, else each keys and tags the same pages in its own way. */
export function randomRecipes(random: Seeded): readonly [Recipe, Recipe] {
  const one = randomRecipe(random, random.shuffle(PATHS).slice(0, random.pick([1, 1, 2, 3])))
  if (random.chance(0.8)) return [one, one]
  const paths = one.pages.map(({ path }) => path)
  const other = randomRecipe(random, paths)
  // What is one's own stays so, and what it is made of: else the two answer differently, which no key can know.
  const whatItIs = ({ personal, memo, placed, options }: Page) =>
    [personal === 'no', memo, placed, options.key].join()
  const pages = other.pages.map((page, i) =>
    whatItIs(page) === whatItIs(one.pages[i]!) ? page : one.pages[i]!,
  )
  return [one, { ...other, pages }]
}

function randomRecipe(random: Seeded, paths: readonly string[]): Recipe {
  const some = (tags: readonly string[]) => tags.filter(() => random.chance(0.25))
  const window = () => random.pick([0, 0, 600])
  const sharesKey = random.chance(0.25)
  const likesMemos = random.pick([0, 0.5, 1])

  function page(path: string): Page {
    const personal = random.pick(['no', 'no', 'header', 'variable', 'cookie'] as const)
    // It is not seen what such a route reads.
    const standard = personal === 'no' && random.chance(0.3)
    // Where responses are not shared, memos are.
    const coalesce = random.chance(likesMemos === 1 ? 0.3 : 0.8)
    const options = {
      expire: 60,
      namespace: random.pick(['catalog', 'default']),
      ...(sharesKey && { key: 'front', namespace: 'default' }),
      ...(standard && { policy: 'standard' as const }),
      ...(personal === 'cookie' && { vary: { cookies: ['user'] } }),
      ...(random.chance(0.2) && { methods: ['GET', 'HEAD', 'POST'] as const }),
      tags: some(TAGS),
      staleWhileRevalidate: window(),
      staleIfError: window(),
      refreshAhead: random.pick([1, 0.5]),
      coalesce,
      lease: coalesce && random.chance(0.3),
      coalesceWait: random.pick([2, 60]),
      awaitStore: random.chance(0.2),
      etag: random.chance(0.3),
    }
    return {
      path,
      options,
      added: some(TAGS),
      late: random.chance(0.4) ? ['late'] : [],
      personal,
      memo: random.chance(likesMemos) ? random.pick(['load', 'list', standard ? 'list' : 'above']) : 'none',
      placed: random.chance(0.7) ? 'plainly' : random.pick(['every', 'below', 'every below', 'prefix']),
      may: random.chance(0.5) ? 'nothing' : random.pick(['fail', 'confirm', 'skip']),
    }
  }
  const memo = { staleWhileRevalidate: window(), staleIfError: window(), fails: random.chance(0.3) }
  return { pages: paths.map(page), memo }
}

/** What clears what the handler of a page has read. */
export function clearedWith({ path, options, added, late }: Page): string[] {
  const { namespace = 'default', key, tags } = options
  const tagged = [...tags, ...added, ...late].map((tag) => `tag ${tag}`)
  return [
    'all',
    `namespace ${namespace}`,
    `path ${path}`,
    ...(key ? [`key ${namespace} ${key}`] : []),
    ...tagged,
  ]
}

/** The same of a memo. */
export const memoClearedWith = (name: keyof typeof MEMOS): string[] => [
  'all',
  'namespace memos',
  `key memos ${name}`,
  `tag ${MEMOS[name]}`,
]

/** What a clear of that clears. */
export function clears(target: ClearTarget | undefined): string[] {
  if (!target) return ['all']
  const { namespace = 'default', key, path, tag, tags = [tag!] } = target
  if (key !== undefined) return [`key ${namespace} ${key}`]
  if (path !== undefined) return [`path ${path}`]
  return target.namespace === undefined ? tags.map((tag) => `tag ${tag}`) : [`namespace ${namespace}`]
}

/** Something that clears a page or a memo; `undefined`: everything. */
export function anyTarget({ pages }: Recipe, random: Seeded): ClearTarget | undefined {
  const { path, options, added, late, memo } = random.pick(pages)
  const { namespace = 'default', key, tags } = options
  const name = memo === 'list' ? random.pick(['load', 'list'] as const) : 'load'
  const ofMemo: ClearTarget[] = [
    { namespace: 'memos' },
    { key: name, namespace: 'memos' },
    { tags: [MEMOS[name], 'unrelated'] },
  ]
  if (memo !== 'none' && random.chance(0.7)) return random.pick(ofMemo)
  const ofPage: (ClearTarget | undefined)[] = [undefined, { namespace }, { path }]
  for (const tag of [...tags, ...added, ...late]) ofPage.push({ tag })
  if (key) ofPage.push({ key, namespace })
  return random.pick(ofPage)
}
