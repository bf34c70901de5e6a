/** One request on its way through one `cache()`: what its rooms hand on to each other. */

import type { Context, Next } from 'hono'
import type { Connection } from './connect.ts'
import type { MissReason } from './events.ts'
import type { Directives } from './http/cache-control.ts'
import type { CacheStatus } from './http/cache-status.ts'
import type { Land } from './isolate/flights.ts'
import type { Variants } from './isolate/variants.ts'
import type { Subject } from './key/subject.ts'
import type { Route } from './options/route.ts'
import type { Report, RequestState } from './state.ts'
import type { Seen, Time } from './store/time.ts'

export interface Visit {
  readonly c: Context
  /** The client's request: while the Context is observed, `c.req.raw` is not ours to take. */
  readonly asked: Request
  /** What the client demands, as far as the route obeys it: asked of no request that is not ours. */
  demands: Directives
  readonly next: Next
  readonly route: Route
  readonly state: RequestState
  readonly connection: Connection
  /** How often in a row the routes below this `cache()` have made a new variant and hit none. */
  readonly variants: Variants
  /** The path of the route that answers, as registered. */
  readonly path: string
  /** Its place among those that the request has matched; our own where that cannot be told. */
  readonly at: number
  report(report: Report): void
  /** No `cache()` further in has claimed the request. */
  isInnermost(): boolean
  /** How many further out have not seen this one. */
  readonly depth: number
  /** The very middleware that this is a visit of. */
  readonly middleware: object
}

/** The key, where Cache-Status is to name it. */
export const statusKey = ({ state }: Visit, { key }: Subject): { key?: string } =>
  state.options.statusKey ? { key } : {}

/** What is known before the handler runs. */
export interface Before {
  readonly subject: Subject
  /** The clock. */
  readonly stamp: Time
  /** What the key's variants were known to depend on. */
  readonly recorded: readonly string[]
  /** Why the handler has to run. */
  readonly need: MissReason
  /** The reply of the look-up. */
  readonly seen: Seen
  /** How many clears this isolate had made when the request came. */
  readonly clears: number
  /** Ends the flight that others wait for. */
  readonly land?: Land | undefined
}

/** Why the handler has to run, for Cache-Status: of what was cleared it says no more than that there is nothing. */
export const forwarded = (visit: Visit, { need, subject }: Before): CacheStatus => ({
  fwd: need === 'invalid' ? 'miss' : need,
  ...statusKey(visit, subject),
})
