/**
 * What the cache is there for: what may be stored is there for the next who asks, is made once for a crowd, is asked about
 * and not made again, and stands in for a failure. Without that, never to answer from the cache would be without fault.
 */
import { lifeOf, mayBeKept } from './life.ts'
import { type Answer, type Known, saidBy } from './oracle.ts'
import type { Call, Story } from './story.ts'

/** A story under way. */
export interface Scene {
  readonly story: Story
  readonly known: Known
  ask(calls: readonly Call[]): Promise<Answer[]>
  judged(answer: Answer): string | null
  move(seconds: number): void
  now(): number
  /** The store has failed: a breaker may be open, and a clear due. */
  isTroubled(): boolean
  /** Why something was not stored, since this was last asked. */
  reasons(): string[]
}

/** Without a range, each is answered as the one before. */
const again = (call: Call, times: number, more: Partial<Call> = {}): Call => ({
  ...call,
  ...more,
  id: call.id + times * 0.1,
})

/** How an answer should have been stored; `null` where it need not be. */
function storedOf(scene: Scene, { headers, status }: Answer) {
  const { known, story } = scene
  const { options, near } = story
  const of = (name: string) => known.origin.replies[Number(headers.get(name) ?? Number.NaN)]
  const [reply, base] = [of('x-reply'), of('x-base')]
  // Two that need no remedy; and near copies know of the clears of others a request later.
  const excuses = ['too-many-variants', 'content-language', ...(near === null ? [] : ['cleared'])]
  if (scene.isTroubled() || scene.reasons().some((reason) => excuses.includes(reason))) return null
  if (!reply || !base || ![200, 206].includes(status)) return null
  // A part is joined to the rest, or the whole is asked for instead.
  const kept = base.status === 206 ? status : base.status
  const large = reply.of.whole.length > (options.maxBodyBytes ?? Number.POSITIVE_INFINITY)
  if (large || !mayBeKept(base, kept, known) || ![200, 206].includes(kept)) return null
  const life = lifeOf(reply, kept, headers.get('expires'), known)
  const left = life.fresh - (scene.now() - reply.at) / 1000
  // A refresh behind a hit may have found out that it is old.
  const isRefreshed = saidBy(headers).hit && (options.refreshAhead !== undefined || left <= 0)
  return life.validate || isRefreshed ? null : { ...life, left, of: base.of, kept }
}

export async function twice(scene: Scene, call: Call): Promise<string | null> {
  const { options } = scene.story
  scene.reasons()
  const [first] = await scene.ask([call])
  const [second] = await scene.ask([again(call, 1)])
  const complaint = scene.judged(first!) ?? scene.judged(second!)
  const stored = storedOf(scene, first!)
  if (complaint || !stored || stored.left <= 0) return complaint
  if (!saidBy(second!.headers).hit) return `the second is no hit, and there are ${stored.left} seconds left`
  if (call.headers.range) return null
  const [byHead] = await scene.ask([again(call, 2, { method: 'HEAD' })])
  const fields = ({ headers }: Answer) =>
    JSON.stringify([...headers].filter(([name]) => name !== 'content-length'))
  if (!options.refreshAhead && fields(byHead!) !== fields(second!)) return 'HEAD has other fields than GET'
  return scene.judged(byHead!)
}

export async function late(scene: Scene, call: Call): Promise<string | null> {
  scene.reasons()
  const [first] = await scene.ask([{ ...call, fails: false }])
  const complaint = scene.judged(first!)
  const stored = storedOf(scene, first!)
  if (complaint || !stored || stored.left <= 0 || stored.kept !== 200) return complaint
  const window = call.fails ? stored.ifError : scene.story.outlives ? 60 : 0
  // A near copy may have been cleared elsewhere by then.
  if (scene.story.near !== null || stored.strict || window <= 0 || stored.whileRevalidating > 0) return null
  scene.move(stored.left + window / 2)
  const [second] = await scene.ask([again(call, 1)])
  const { forwardedStatus, detail } = saidBy(second!.headers)
  const wrong = scene.judged(second!)
  if (wrong) return wrong
  if (call.fails)
    return detail === 'stale-if-error' || first!.moments.length === 0
      ? null
      : 'it does not stand in for a failure'
  if (second!.headers.get('x-version') !== String(stored.of.version)) return null
  // Where a body is coded for some, one that is not may have been given to them until then.
  if (second!.headers.get('content-encoding') !== first!.headers.get('content-encoding')) return null
  const isValidatable = stored.of.etag !== null || stored.of.modified !== null
  return !isValidatable || [304, 500, 503].includes(forwardedStatus ?? second!.status)
    ? null
    : 'it was made again and not validated'
}

/** @param isAtOnce a look-up takes no longer than a handler */
export async function crowd(scene: Scene, call: Call, isAtOnce: boolean): Promise<string | null> {
  const { known, story } = scene
  const { coalesce = true, lease = false } = story.options
  // For five seconds nobody waits for what could not be shared.
  scene.move(6)
  scene.reasons()
  const answers = await scene.ask([0, 1, 2].map((times) => again(call, times)))
  for (const answer of answers) {
    const complaint = scene.judged(answer)
    if (complaint) return complaint
  }
  // The rest of a part, where it is of another version, is asked for in vain.
  const runs = known.origin.replies.filter(
    ({ call: of, status }) => Math.floor(of) === call.id && ![206, 416].includes(status),
  ).length
  const own = answers.filter(({ headers }) => saidBy(headers).stored)
  // A part is for who asks for it: the rest is nobody's flight.
  if (
    !isAtOnce ||
    story.latency ||
    !coalesce ||
    lease ||
    own.some(({ headers }) => saidBy(headers).fwd === 'partial')
  )
    return null
  const stored = own[0] && storedOf(scene, own[0])
  return stored && stored.left > 0 && runs > 1 ? `the handler ran ${runs} times for a crowd` : null
}
