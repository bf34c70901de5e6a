/**
 * Everything that the cache does is an event: one union, told apart by `type`. Events name keys, routes and
 * reasons; they never carry a body, a token, or the value of a header, cookie or variable.
 */

import type { StoreFailure } from './errors.ts'

/** The route that an event belongs to. */
export interface Where {
  /** `''` outside a request. */
  readonly method: string
  /** The path as registered, for example `/products/:id`; `''` outside a request. */
  readonly route: string
}

/** What a route read that no key can cover. */
export type Reading =
  | 'cookie'
  | 'authorization'
  | 'header'
  | 'variable'
  | 'raw-request'
  | 'all-headers'
  | 'cf'
  | 'env'

/** Why a request was not looked up. */
export type BypassReason =
  /** `redisCache({ enabled })` says so. */
  | 'disabled'
  /** The request's method is not among `methods`. */
  | 'method'
  /** `when` returned false. */
  | 'when'
  /** The request asks for another protocol. */
  | 'upgrade'
  /** A variable of `vary.vars` is absent, or one that the key depends on is no plain value. */
  | 'variable'
  /** `keyBuilder` returned no key. */
  | 'no-key'
  /** A tag of the route is no string, or an empty one, or the tags are no array. */
  | 'no-tag'
  /** The request body is larger than `maxBodyBytes`, took more than two seconds, or was read before. */
  | 'request-body'
  /** A clear made here has not reached the store yet. */
  | 'clear-pending'
  /** The request wants nothing stored, or one version and no other (`policy: 'standard'`). */
  | 'request'
  /** The store gave no answer. */
  | 'store'
  /**
   * An option's callback threw or returned something impossible, the configuration is wrong, or middleware above, or
   * between two `cache()`, has answered.
   */
  | 'configuration'

/** Why a response was not stored. */
export type NotStoredReason =
  | 'status'
  | 'partial'
  | 'set-cookie'
  | 'no-store'
  | 'private'
  | 'no-cache'
  | 'vary-star'
  | 'vary-cookie'
  | 'vary-authorization'
  /** With `autoVary: false`: the request has an Authorization, and the response does not allow sharing. */
  | 'authorization'
  | 'event-stream'
  | 'transfer-encoding'
  | 'not-fresh'
  /** The route read what no key can cover; `detail` says what, and mostly what to do. */
  | `reads-${Reading}`
  /** It is in another language than the one that its request is keyed by. */
  | 'content-language'
  /** An input of the route seems to differ with every request: for a minute little is stored. Or they are too many. */
  | 'too-many-variants'
  /** The request was HEAD. */
  | 'head'
  /** The handler threw or gave nothing, `c.error` was set, or the body had been read before it could be copied. */
  | 'error'
  /** `skip()` was called. */
  | 'skipped'
  /** `storeWhen` returned false. */
  | 'store-when'
  | 'too-many-tags'
  /** The body is larger than `maxBodyBytes`, or the value of a memo than 1,048,576 characters. */
  | 'too-large'
  /**
   * The body ended with an error, took more than a minute, as a refresh may, or has a chunk that is no `Uint8Array`; or
   * the client hung up on a route that may have used its signal.
   */
  | 'cut-short'
  /** A scope of the response was cleared, or had no fence, since it, or a memo in it, began to be made. */
  | 'cleared'
  /** The store lost its clock while the response was made, or it was made of a memo over another connection. */
  | 'lost'
  /** The store gave no answer. */
  | 'store'
  | 'configuration'

/** Why the store had no answer to give as it is. */
export type MissReason = 'uri-miss' | 'vary-miss' | 'invalid' | 'stale' | 'request' | 'partial'

/** One decision of the cache. */
export type CacheEvent = Where &
  (
    | {
        readonly type: 'hit'
        readonly namespace: string
        readonly key: string
        readonly ttl: number
        /** How long the look-up took. */
        readonly milliseconds: number
      }
    | {
        readonly type: 'miss'
        readonly namespace: string
        readonly key: string
        readonly reason: MissReason
        /** How long the look-up took. */
        readonly milliseconds: number
      }
    /** The handler, or the function of a memo, has answered. */
    | {
        readonly type: 'handled'
        readonly namespace: string
        readonly status: number
        readonly milliseconds: number
      }
    /** Answered with what a concurrent request for the same key made. */
    | { readonly type: 'shared'; readonly namespace: string; readonly key: string }
    | { readonly type: 'bypass'; readonly reason: BypassReason; readonly detail?: string }
    | {
        readonly type: 'stored'
        readonly namespace: string
        readonly key: string
        /** For how long the store keeps it: what it is of use stale is part of that. */
        readonly seconds: number
        /** Length of what was stored, in UTF-16 units. */
        readonly size: number
        /** How long the commit took. */
        readonly milliseconds: number
      }
    | { readonly type: 'not-stored'; readonly reason: NotStoredReason; readonly detail?: string }
    | {
        readonly type: 'clear'
        readonly scopes: readonly string[]
        /** Whether the store has confirmed it. */
        readonly confirmed: boolean
      }
    | {
        readonly type: 'store-failed'
        /** `lease`: to take one, or to give it back. */
        readonly operation: 'look-up' | 'commit' | 'clear' | 'lease'
        readonly reason: StoreFailure
        readonly breaker?: 'opened'
      }
    | { readonly type: 'misconfigured'; readonly detail: string }
  )

const PAUSED = 'such calls are not made for ten seconds'

const REMEDIES: { readonly [Reason in StoreFailure]?: string } = {
  timeout: ': it took more milliseconds than timeout allows',
  'breaker-open': `: after five failures in a row ${PAUSED}`,
  'no-client': ': npm install @upstash/redis, or give redis or store',
  unauthorized: ': the token was refused, or may not do that',
  failed: ': no connection, or an error; send a PING by the same client to see which',
  'unexpected-reply':
    ': send() must resolve to what Redis replies, unchanged: for MGET an array of strings and nulls',
  'out-of-memory': ': Redis has no memory left and evicts nothing',
  refused: ': Redis says that the command is wrong, too large, or over a quota',
}

/** A callback is wrong. Where the configuration as a whole is, there is no detail here: a `misconfigured` event says it. */
const isMistake = ({ reason, detail }: { reason: string; detail?: string }): boolean =>
  reason === 'configuration' && detail !== undefined

/** What a person should be told about an event; `null` where all is well. */
export function warningOf(event: CacheEvent): string | null {
  const what = whatIsWrong(event)
  const at = event.route === '' ? '' : ` at ${event.method} ${event.route}`
  return what && `hono-redis-cache${at}: ${what}`
}

function whatIsWrong(event: CacheEvent): string | null {
  switch (event.type) {
    case 'misconfigured':
      return event.detail
    case 'store-failed':
      return (
        `the store gave no answer to a ${event.operation} (${event.reason})` +
        (REMEDIES[event.reason] ?? '') +
        (event.breaker ? `; ${PAUSED}` : '') +
        (event.operation === 'clear' && event.reason !== 'no-client'
          ? '; the clear is tried again for ten minutes'
          : '')
      )
    case 'clear':
      return event.confirmed
        ? null
        : 'a clear could not be confirmed, so other isolates may still answer from before it'
    case 'bypass':
      return event.reason === 'variable' || isMistake(event) ? `not cached, because ${event.detail}` : null
    case 'not-stored':
      return /^(too-many|reads)-/.test(event.reason) || isMistake(event)
        ? `not stored, because ${event.detail}`
        : null
    default:
      return null
  }
}

const MOST_WARNINGS = 1_000

/**
 * The warnings that are given where nobody listens, for an `onEvent` of one's own: each kind once per route, and no more
 * than a thousand in all.
 *
 * @example
 * ```ts
 * const warn = warnOnce((message) => console.warn(message))
 * app.use(redisCache({
 *   onEvent(event) {
 *     if (event.type === 'hit') hits++
 *     warn(event)
 *   },
 * }))
 * ```
 */
export function warnOnce(warn: (message: string) => void): (event: CacheEvent) => void {
  const told = new Set<string>()
  return (event) => {
    const warning = warningOf(event)
    if (warning === null || told.size >= MOST_WARNINGS) return
    const kind = [event.type, 'reason' in event ? event.reason : '', event.method, event.route].join(' ')
    if (told.has(kind)) return
    told.add(kind)
    warn(warning)
  }
}
