/**
 * The handle, `c.get('cache')`: an object of functions that need no `this`, so that it may be taken apart.
 */

import { silence } from './callbacks.ts'
import { isText } from './checking.ts'
import { ConfigError } from './errors.ts'
import type { CacheEvent } from './events.ts'
import { type ClearTarget, scopesToClear } from './options/clearing.ts'
import { declaredInputs } from './options/route.ts'
import { type Report, type RequestState, reportFailure } from './state.ts'
import { tagScope } from './store/scope.ts'

/** Why a response is as it is. */
export interface Explanation {
  /** What was looked up; `null` where nothing was. */
  readonly lookedUp: {
    readonly namespace: string
    readonly key: string
    /** The canonical text, whose MD5 is the key unless the route names one. It holds what the request holds: not for logs. */
    readonly text: string
    readonly scopes: readonly string[]
  } | null
  /** What the response depends on: `header <name>`, `cookie <name>`, `var <name>`. */
  readonly inputs: {
    /** Part of the key because the route says so. */
    readonly keyed: readonly string[]
    /** Part of the key because the route was seen to read it. */
    readonly learned: readonly string[]
    /** Read, and of no consequence for the response. */
    readonly ignored: readonly string[]
    /** Read, and the reason why nothing is stored. */
    readonly refused: readonly string[]
  }
  /** Every decision so far, in order. */
  readonly events: readonly CacheEvent[]
}

/** What `c.get('cache')` gives. */
export interface CacheHandle {
  /**
   * Makes everything in a scope invalid, in one command whatever it covers; without an argument, everything under
   * the prefix. Resolves to `true` when the store has confirmed it: from then on no request is answered with
   * anything computed from older data. Resolves to `false` when the store could not: the clear is then tried again
   * for ten minutes, and this isolate caches nothing that it covers. Never rejects for a failure of the store.
   *
   * @throws {TypeError} where the argument names no scope, or several; an event says it, too
   * @example
   * ```ts
   * app.put('/products/:id', async (c) => {
   *   await save(c)
   *   await c.get('cache').clear({ tag: `product:${c.req.param('id')}` })
   *   return c.body(null, 204)
   * })
   * ```
   */
  clear(...target: [] | [target: ClearTarget]): Promise<boolean>
  /**
   * Adds tags to the response now being made, until its body ends.
   *
   * @throws {TypeError} for one that is no string, or an empty one
   */
  tag(...tags: string[]): void
  /** Keeps the response now being made out of the cache. Counts until its body ends. */
  skip(reason?: string): void
  /** What was looked up, what was decided, and why. */
  explain(): Explanation
}

export function createHandle(state: RequestState, route: () => string): CacheHandle {
  return {
    clear: (...target) => clearTarget(target, state, (report) => state.emit(report, route())),
    tag(...tags) {
      for (const tag of tags) {
        if (!isText(tag)) throw new ConfigError('tag(): a tag must be a string that is not empty')
        state.making.scopes.add(tagScope(tag))
      }
    },
    skip(reason = '') {
      state.making.skipped = reason
    },
    // Copies: what the app does to them must not reach what is used, or remembered for others.
    explain: () => ({ lookedUp: lookedUpBy(state), inputs: inputsOf(state), events: [...state.events] }),
  }
}

function lookedUpBy({ lookedUp }: RequestState): Explanation['lookedUp'] {
  if (!lookedUp) return null
  const { namespace, key, text, scopes } = lookedUp
  return { namespace, key, text, scopes: [...scopes] }
}

/** What was read counts for a response that is being made, the record for one that was found. */
function inputsOf({ depends: { route, recorded, reads } }: RequestState): Explanation['inputs'] {
  return {
    keyed: route ? declaredInputs(route) : [],
    learned: [...(reads ? reads.learned : recorded)],
    ignored: reads ? [...reads.ignored] : [],
    refused: reads?.refused ? [reads.refused.read] : [],
  }
}

type By = Pick<RequestState, 'connection' | 'certain' | 'background'>

/** Clears what the app names; rejects where that is a mistake. */
export function clearTarget(
  target: [] | [target: ClearTarget],
  by: By,
  report: (report: Report) => void,
): Promise<boolean> {
  try {
    return clearScopes(scopesToClear(target), by, report)
  } catch (cause) {
    // Told as well: where nobody awaits it, nobody would hear of it but the process, which would end.
    if (cause instanceof ConfigError) report({ type: 'misconfigured', detail: cause.message })
    const rejected = Promise.reject(cause)
    silence(rejected)
    return rejected
  }
}

/** Clears, and answers for it: `true` only for what the store has confirmed. */
export async function clearScopes(
  scopes: readonly string[],
  { connection, certain, background }: By,
  report: (report: Report) => void,
): Promise<boolean> {
  if (scopes.length === 0) return true
  let confirmed = false
  if (connection) {
    try {
      const clearing = connection.store.clear(scopes)
      // On Workers, a client that hangs up ends its request: nobody would know that there is something left to clear.
      background(clearing)
      await clearing
      confirmed = certain
    } catch (cause) {
      reportFailure('clear', cause, report)
      const retry = connection.store.retry()
      if (retry) background(retry)
    }
  }
  report({ type: 'clear', scopes, confirmed })
  return confirmed
}
