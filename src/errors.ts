/**
 * The two kinds of failure that this package knows.
 *
 * A mistake of the developer throws a `ConfigError` when the app is built, or, where it can only be seen while
 * a request runs, becomes an event. A failure of the store is a `StoreError`: it never leaves the package, and
 * because clients put whole commands into their messages, bodies included, it never carries theirs.
 */

/** A mistake in options or arguments: what was wrong, what was expected, what to do. */
export class ConfigError extends TypeError {
  override readonly name = 'ConfigError'
}

/** Why a call to the store gave no answer. */
export type StoreFailure =
  /** The store did not answer within the deadline. */
  | 'timeout'
  /** The call was not made: a breaker is open. */
  | 'breaker-open'
  /** The store refused the token, or what it may not do. */
  | 'unauthorized'
  /** The store has no memory left and evicts nothing. */
  | 'out-of-memory'
  /** The store answered something that is no answer to the command. */
  | 'unexpected-reply'
  /** `@upstash/redis` is not installed. */
  | 'no-client'
  /** Redis answered that there is something wrong with the command (`ERR`): it is too large, say, or over a quota. */
  | 'refused'
  /** Anything else: no connection, a 5xx, a cut body, another error of Redis. */
  | 'failed'

/** A call to the store that gave no answer. `breaker` says when this failure opened a breaker. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly reason: StoreFailure
  breaker?: 'opened'

  constructor(reason: StoreFailure) {
    super(`the store gave no answer (${reason})`)
    this.reason = reason
  }
}

/** Any error as a `StoreError`: its message is read to tell the kind, and then let go of. */
export function toStoreError(error: unknown): StoreError {
  return error instanceof StoreError ? error : new StoreError(failureOf(error))
}

function failureOf(error: unknown): StoreFailure {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) }
  // Redis puts its error code first, clients quote the command behind it, and a command quotes what users send.
  const start = message.split('command was', 1)[0]!.slice(0, 160)
  if (name === 'TimeoutError' || name === 'AbortError') return 'timeout'
  // In the words of Redis, and in those of Upstash.
  if (/\b(OOM|DB capacity quota exceeded)\b/.test(start)) return 'out-of-memory'
  // The last is what Redis 7.0 and before say of a command inside a script, behind `ERR`.
  if (/\b(WRONGPASS|NOAUTH|NOPERM|unauthorized|user executing)\b/i.test(start)) return 'unauthorized'
  return /^ERR\b/.test(start) ? 'refused' : 'failed'
}
