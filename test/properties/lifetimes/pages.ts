/**
 * The pages of an origin: what each version of them says, whole and in all its fields, to whoever asks. A function of a
 * seed, so that whoever knows the version knows the rest.
 */
import { type Seeded, seeded } from '../../fixtures/seeded.ts'

export type Control = Readonly<Record<string, number | true>>

/** What is the same for all versions of a resource. */
interface Traits {
  readonly languages: readonly string[]
  readonly accept: boolean
  readonly codes: boolean
  readonly validators: 'strong' | 'weak' | 'date' | 'strong and date' | 'none'
  readonly ranges: boolean
  readonly unknownTotal: boolean
}

/** One version of a resource as one request selects it. */
export interface Representation {
  readonly path: string
  readonly query: string
  readonly version: number
  readonly status: number
  readonly whole: Uint8Array<ArrayBuffer>
  readonly control: Control | null
  readonly targeted: Control | null
  readonly varies: readonly string[]
  readonly etag: string | null
  readonly modified: number | null
  /** The fields that are the same in all replies. */
  readonly fields: Readonly<Record<string, string>>
}

/** What of a request selects a representation. */
export type Asked = (name: string) => string | undefined

export const NOTHING: Representation = {
  path: '',
  query: '',
  version: -1,
  status: 0,
  whole: new Uint8Array(),
  control: null,
  targeted: null,
  varies: [],
  etag: null,
  modified: null,
  fields: {},
}

export const PATHS = ['/0', '/1', '/2'] as const

/** Whether the handler adds the tag `added`. */
export const isTagged = ({ path, version }: Pick<Representation, 'path' | 'version'>): boolean =>
  path !== '/2' && version % 2 === 1

export const LANGUAGES = ['en', 'fr', 'de']

const encoder = new TextEncoder()
export const dateOf = (ms: number): string => new Date(ms).toUTCString()

function controlOf(random: Seeded): Control | null {
  if (random.chance(0.2)) return null
  const control: Record<string, number | true> = {}
  if (random.chance(0.7)) control['max-age'] = random.pick([0, 5, 30, 30, 100])
  if (random.chance(0.15)) control['s-maxage'] = random.pick([0, 10, 60])
  if (random.chance(0.25)) control['stale-while-revalidate'] = random.pick([0, 20, 60])
  if (random.chance(0.25)) control['stale-if-error'] = random.pick([0, 20, 60])
  for (const name of ['must-revalidate', 'proxy-revalidate', 'no-cache', 'no-store', 'private', 'public'])
    if (random.chance(0.06)) control[name] = true
  return Object.keys(control).length > 0 ? control : null
}

const textOf = (control: Control): string =>
  Object.entries(control)
    .map(([name, value]) => (value === true ? name : `${name}=${value}`))
    .join(', ')

function traitsOf(random: Seeded, parts: boolean): Traits {
  return {
    languages: random.chance(0.5) && !parts ? random.shuffle(LANGUAGES).slice(0, 2) : [],
    accept: random.chance(0.2) && !parts,
    codes: random.chance(0.2) && !parts,
    validators: random.pick(['strong', 'strong', 'weak', 'date', 'strong and date', 'none']),
    ranges: random.chance(parts ? 1 : 0.7),
    unknownTotal: random.chance(0.1),
  }
}

/** The language of those available that the client wants most: by weight, then by place. */
function chosen(field: string | undefined, languages: readonly string[]): string {
  const wanted = (field ?? '').split(',').map((member) => {
    const [range = '', weight] = member.trim().split(/;\s*q=/)
    return { range, weight: weight === undefined ? 1 : Number(weight) }
  })
  wanted.sort((one, other) => other.weight - one.weight)
  return wanted.find(({ range }) => languages.includes(range))?.range ?? languages[0]!
}

interface Surroundings {
  readonly seed: string
  readonly safe: boolean
  /** One page for all, which is read in parts. */
  readonly parts: boolean
  /** When each version of a page was made. */
  readonly changes: ReadonlyMap<string, readonly number[]>
}

export interface Pages {
  readonly traits: ReadonlyMap<string, Traits>
  represent(path: string, version: number, asked: Asked): Representation
  failure(id: number, path: string, query: string, random: Seeded): Representation
}

export function createPages({ seed, safe, parts, changes }: Surroundings): Pages {
  const traits = new Map(PATHS.map((path) => [path as string, traitsOf(seeded(`${seed} ${path}`), parts)]))

  function represent(path: string, version: number, asked: Asked): Representation {
    const { languages, accept, codes, validators } = traits.get(path)!
    const random = seeded(`${seed} ${path} ${version}`)
    const status = random.chance(parts ? 0.95 : 0.75) ? 200 : random.pick([203, 204, 301, 404, 410, 500])
    const fields: Record<string, string> = { 'content-type': 'text/plain', 'x-version': String(version) }
    const variant: string[] = []
    const varies: string[] = []
    // Not every version depends on all that others depend on.
    if (languages.length > 0 && random.chance(0.85)) {
      const language = chosen(asked('accept-language'), languages)
      varies.push('accept-language')
      variant.push(language)
      if (random.chance(0.6)) fields['content-language'] = language
    }
    if (accept) {
      varies.push('accept')
      if (asked('accept') === 'text/html') fields['content-type'] = 'text/html'
      variant.push(fields['content-type']!)
    }
    const coded = codes && (asked('accept-encoding') ?? '').includes('gzip')
    if (codes) varies.push('accept-encoding')
    if (coded) {
      fields['content-encoding'] = 'gzip'
      variant.push('gzip')
    }
    const query = asked('?x') ?? ''
    const text = `${path}?${query} v${version} ${variant.join(' ')} ${'0é1ö2345'.repeat(random.pick(parts ? [3] : [0, 2, 2, 2, 3, 7]))}.`
    // What is coded is no UTF-8.
    const whole = encoder.encode(status === 204 ? '' : text).map((byte) => (coded ? byte ^ 0x80 : byte))
    const name = [`v${version}`, query, ...variant].join('-')
    const etag = { strong: `"${name}"`, weak: `W/"${name}"`, 'strong and date': `"${name}"` }[
      validators as string
    ]
    // Of two changes within a second, a date does not tell the second.
    const [before = 0, second = 0] = [version - 1, version].map((at) =>
      Math.floor(changes.get(path)![at]! / 1000),
    )
    const modified = validators.includes('date') && before !== second ? second * 1000 : null
    if (etag) fields.etag = etag
    if (modified !== null) fields['last-modified'] = dateOf(modified)
    const control = controlOf(random)
    const targeted = random.chance(0.15) ? controlOf(random) : null
    if (control) fields['cache-control'] = textOf(control)
    if (targeted) fields['cdn-cache-control'] = textOf(targeted)
    if (status === 301) fields.location = '/elsewhere'
    // A handler that is observed need not say what it reads.
    if (varies.length > 0 && (!safe || random.chance(0.5))) fields.vary = varies.join(', ')
    if (random.chance(0.03)) fields.vary = '*'
    return {
      path,
      query,
      version,
      status,
      whole,
      control,
      targeted,
      varies,
      etag: etag ?? null,
      modified,
      fields,
    }
  }

  function failure(id: number, path: string, query: string, random: Seeded): Representation {
    const control = random.pick<Control | null>([null, null, { 'max-age': 10 }, { 'no-store': true }])
    const tag = random.chance(0.2) ? { etag: `"failure ${id}"` } : {}
    const fields = { ...tag, ...(control && { 'cache-control': textOf(control) }), 'x-version': 'none' }
    const whole = encoder.encode(`failure ${id}`)
    const status = random.pick([500, 503])
    return { ...NOTHING, path, query, status, whole, control, fields, etag: tag.etag ?? null }
  }

  return { traits, represent, failure }
}
