/** For how long an answer is of use, and how, by what the origin has sent. */
import type { Known } from './oracle.ts'
import type { Reply } from './origin.ts'
import type { Control } from './pages.ts'

const FORBIDDING = ['no-store', 'private']
export type Life = ReturnType<typeof lifeOf>

/** @param expires the field of the answer, which a 304 may have left as it was */
export function lifeOf(
  { of, at, began, headers: sent }: Reply,
  status: number,
  expires: string | null,
  { options }: Known,
) {
  const { control, targeted, modified } = of
  const standard = options.policy === 'standard'
  const directives: Control = targeted ?? control ?? {}
  const seconds = (name: string, among: Control | null = directives): number | undefined =>
    among?.[name] as number | undefined
  const date = Date.parse(sent.get('date') ?? '')
  const said = sent.get('age')
  const delay = standard ? (at - began) / 1000 : 0
  const age = Math.max(
    0,
    Number.isNaN(date) ? 0 : Math.floor((at - date) / 1000),
    said === null ? 0 : Number(said) + delay,
  )
  const { expire: named } = options
  const expire = (
    typeof named === 'number'
      ? status === 200
        ? named
        : undefined
      : (named as Control | undefined)?.[status]
  ) as number | undefined
  const made = Number.isNaN(date) ? at : date
  const fresh = (): number => {
    const forCaches = seconds('s-maxage') ?? (targeted ? seconds('max-age') : undefined)
    if (forCaches !== undefined) return forCaches - age
    if (expire) return expire
    if (!targeted) {
      const forAll = seconds('max-age', control)
      if (forAll !== undefined) return forAll - age
      if (expires !== null) return (expires === '0' ? 0 : (Date.parse(expires) - made) / 1000) - age
    }
    const cacheable = [200, 203, 204, 206, 301, 404, 410].includes(status) || directives.public
    if (standard && cacheable && modified !== null)
      return Math.min(86_400, Math.max(0, (made - modified) / 10_000)) - age
    return (standard || expire === 0 ? 0 : 60) - age
  }
  const until = fresh()
  const hasLife = until + age > 0
  const revalidate = seconds('stale-while-revalidate')
  const ifError = seconds('stale-if-error')
  const validate =
    directives['no-cache'] === true || (!hasLife && revalidate === undefined && ifError === undefined)
  const strict =
    validate || ['must-revalidate', 'proxy-revalidate', 's-maxage'].some((name) => name in directives)
  return {
    age,
    fresh: until,
    validate,
    strict,
    hasLife,
    whileRevalidating: strict ? 0 : (revalidate ?? (hasLife ? (options.staleWhileRevalidate ?? 0) : 0)),
    ifError: strict ? 0 : (ifError ?? (hasLife ? (options.staleIfError ?? 0) : 0)),
  }
}

/** Whether nothing that the origin says forbids to store a reply at all. */
export function mayBeKept({ of, broken }: Reply, status: number, { options }: Known): boolean {
  const { control, targeted, fields } = of
  const standard = options.policy === 'standard'
  const heard = standard ? [targeted ?? control] : [control, targeted]
  const forbids = (standard ? FORBIDDING : [...FORBIDDING, 'no-cache']).some((name) =>
    heard.some((field) => field?.[name]),
  )
  const expire = options.expire
  const known = standard || (typeof expire === 'object' ? status in expire : status === 200)
  return !broken && !forbids && known && fields.vary !== '*'
}
