/**
 * What a store promises.
 *
 * A store moves opaque strings, times and scopes, and knows no HTTP. Everything that can be cleared is a fence; a
 * clear never touches an entry; whether an entry is valid is arithmetic (`time.ts`) over one reply. Names are
 * those of `scope.ts`. Every method may reject; the callers are written for it. What is not promised: that
 * anything stays stored. Loss of an entry, a fence or the clock at any moment may only cost a recomputation.
 */

import type { Seen, Time } from './time.ts'

/** What to look up, all in one reply. */
export interface Query {
  readonly entries: readonly string[]
  readonly scopes: readonly string[]
  /** Leaves the near tier out: the caller needs to know what others may have stored meanwhile. */
  readonly full?: boolean
}

/** One reply, taken at one moment. */
export interface Snapshot extends Seen {
  /** The stored string under each name of the query, in its order. */
  readonly entries: readonly (string | null)[]
  /**
   * Set where a clear made here has not reached the store yet and covers a scope of the query: the caller
   * neither uses nor stores anything for this request.
   */
  readonly suspended?: boolean
  /**
   * Set where the near tier has given it: the entries are copies, and the store may have newer ones. Where none of
   * them is of use, ask again with `full`.
   */
  readonly near?: boolean
}

/** A value to store, and for how many seconds it can be useful: whole ones, at least one. */
export interface Write {
  readonly name: string
  readonly value: string
  readonly seconds: number
}

/** What to store, and every scope that it can be cleared by. */
export interface Commit {
  /** The clock as it stood before the handler ran. */
  readonly stamp: Time
  readonly scopes: readonly string[]
  readonly writes: readonly Write[]
}

/**
 * - `stored`: all writes were made
 * - `cleared`: one of the scopes was cleared after the stamp, or is unknown; nothing was written
 * - `lost`: the clock is gone, of another epoch, or behind the stamp; nothing was written
 */
export type CommitOutcome = 'stored' | 'cleared' | 'lost'

/** Where entries live. It moves opaque strings and may lose any of them at any moment; every method may reject. */
export interface Store {
  /** Reads everything the query names in one step that nothing can come between. Writes nothing. */
  lookUp(query: Query): Promise<Snapshot>

  /** The clock, created at a fresh epoch if there is none. Called before a handler when a look-up saw no clock. */
  begin(): Promise<Time>

  /**
   * Stores, unless a scope was cleared after the stamp. Creates every missing fence, and every one of another
   * epoch, at the clock *as it is now*: created at the stamp, a fence evicted right after a clear would come
   * back older than that clear. What is stored for more than a day outlives none of its fences.
   */
  commit(commit: Commit): Promise<CommitOutcome>

  /**
   * Advances the clock and sets the fence of each scope to the new time, which it resolves to. Resolves to `null`
   * where everything under the prefix has become invalid instead. Once it has resolved, no look-up that begins
   * later judges an entry with an earlier stamp valid in these scopes, and no commit with one is accepted.
   */
  clear(scopes: readonly string[]): Promise<Time | null>

  /** Takes the lease of that name for `id`, for at most `ms` milliseconds, unless somebody holds it. */
  lease(name: string, id: string, ms: number): Promise<boolean>

  /** Gives the lease back if `id` still holds it. */
  release(name: string, id: string): Promise<void>
}

/** A store that gives replies again. */
export interface NearStore extends Store {
  /** What `lookUp` would give without sending anything, the very same each time; `null` where it would have to send. */
  atHand(query: Query): Snapshot | null
}
