/**
 * Runs the rest of the route, with its reads observed.
 */

import type { Context } from 'hono'
import { createReader, type Reads } from '../learn/reads.ts'
import { observe } from '../observe/observe.ts'
import { begin, type Parts } from '../protocol/collect.ts'
import { copyOfForeign, isForeign } from '../respond/foreign.ts'
import { replaceResponse, replaceUnaskable } from '../respond/saying.ts'
import type { Before, Visit } from '../visit.ts'

/** A handler that has returned. */
export interface Run {
  /** The fields that middleware above had set. */
  readonly above: Headers
  /** The handler saw a Range. */
  readonly ranged: boolean
  /** What was read, and still is while the body runs; `null` where reads are not observed. */
  readonly reads: Reads | null
  /** The body is there already, so that nothing more can be read; or reads are not observed. */
  readonly complete: boolean
  /** Nothing has answered, as far as that is observed, and Hono has made an empty response of that. */
  readonly nothing: boolean
  /** What the response is made of. */
  readonly parts: Parts
  /** How long the handler took. */
  readonly milliseconds: number
  /** Calls something that is no part of the handler, so that what it reads does not count. */
  unobserved<T>(call: () => T): T
  /** The client has gone, which the handler may have noticed, and made less of its answer or another one. */
  abandoned(): boolean
  /** The body has ended, or nobody cares: everything is put back. */
  end(): void
}

/**
 * @param request the request as the handler is to see it
 * @param above the fields that middleware above has set
 */
export async function runHandler(
  visit: Visit,
  before: Before,
  request: Request,
  above = fieldsAbove(visit.c),
): Promise<Run> {
  const { c, state, route, report } = visit
  const started = Date.now()
  const run = await observed(visit, before, request, above)
  const milliseconds = Date.now() - started
  state.timing.handler = milliseconds
  if (c.finalized) replaceUnaskable(c)
  if (c.finalized && isForeign(c.res)) replaceResponse(c, copyOfForeign(c.res))
  if (c.finalized) report({ type: 'handled', namespace: route.namespace, status: c.res.status, milliseconds })
  return { ...run, milliseconds }
}

async function observed(
  { c, asked, next, route, state, connection }: Visit,
  { subject, stamp }: Before,
  request: Request,
  above: Headers,
): Promise<Omit<Run, 'milliseconds'>> {
  const ranged = request.headers.has('range')
  const parts = begin(state.parts, connection, stamp)
  const reader = route.autoVary
    ? createReader(route, state.options.exclude ?? [], subject, request, state.handle)
    : null
  const reads = reader?.reads ?? null
  if (reader) state.depends.reads = reads
  else c.req.raw = request
  const observation = reader && observe(c, request, reader)
  const end = () => {
    observation?.end()
    state.parts.delete(parts)
  }
  try {
    await next()
  } catch (error) {
    end()
    throw error
  } finally {
    // Not where the handler has put its own there, which its body may read yet.
    if (!observation && c.req.raw === request) Reflect.set(c.req, 'raw', asked)
  }
  const nothing = observation?.gaveNothing() ?? false
  const complete = observation?.returned(asked) ?? true
  const unobserved: Run['unobserved'] = reader?.unobserved ?? ((call) => call())
  const abandoned = () => reads?.signal !== false && unobserved(() => hasGone(asked))
  return { above, ranged, reads, complete, nothing, parts, unobserved, abandoned, end }
}

/** Whether the client has hung up. The request of another host may have no signal. */
export const hasGone = ({ signal }: Request): boolean => signal?.aborted === true

/** What middleware above has prepared for the response. */
export function fieldsAbove(c: Context): Headers {
  // Without headers prepared `c.text()` leaves its type to the runtime: each has another, and Bun's is not among the
  // headers. Taking one away that is not there prepares them.
  c.header('age', undefined)
  // A copy, since Node's adapter has the very headers that the handler is about to add to. Never `c.res`, which would
  // change how Hono merges headers from here on.
  return new Headers(c.newResponse(null).headers)
}
