/**
 * Store → Store: the near tier, copies of entries in this isolate.
 *
 * A copy is as good as its stamp: clock and fences alone, looked up without the entry, tell whether it is valid still,
 * so that no body is moved twice. For `seconds` after such a look-up was sent its reply is given again to whoever asks
 * for the same entries and the same scopes, and nothing is sent at all.
 *
 * This is the one place where promise 2 is weaker: a clear made in another isolate, or through a connection with other
 * options, is seen here after at most `seconds`, by the wall clock. With `seconds: 0` it is seen at once. A clear made
 * here is always seen at once, provided that `own-clears.ts` is above this tier: to drop copies would not be enough,
 * since a reply in flight brings them back, and so every reply that is given again passes its fences. No window is
 * given to a reply that is older than the clears which that layer remembers.
 *
 * What is not promised: that a copy is the latest of its name. Others may have stored a newer entry beside it, and a
 * caller for whom the copy is of no use asks with `full`.
 */

import { boundedMap, bytesOfTexts } from './bounded-map.ts'
import { MOST_FENCES } from './own-clears.ts'
import type { NearStore, Query, Snapshot, Store } from './store.ts'
import { passes, type Seen, type Time } from './time.ts'

/** How near the near tier is, and how large. */
export interface NearOptions {
  /** For how long a reply is given again, in seconds. */
  readonly seconds: number
  /** The most that is kept, in bytes; two for each UTF-16 unit. Default 16 MiB. */
  readonly maxBytes?: number
  /** The wall clock, in milliseconds. */
  readonly now: () => number
}

/** An entry that the store is known to have had. */
interface Copy {
  readonly value: string
  /** Which of all things sent or confirmed here has told of it last. */
  turn: number
  /** Replies to look-ups whose last entry this is, the latest last. */
  windows: readonly Window[]
}

/** A reply that may be given again. */
interface Window {
  /** What it was about. */
  readonly copies: readonly Copy[]
  readonly reply: Snapshot
  readonly sent: Sent
}

/** What the moment was like when a look-up was sent. */
interface Sent {
  readonly turn: number
  readonly at: number
  /** How often the wall clock had been set back. */
  readonly setBack: number
  /** How many scopes had been cleared here. */
  readonly cleared: number
}

const MIB = 1024 * 1024
/** Requests with different scopes for one entry: a static key that several paths share. */
const MOST_WINDOWS = 8

export function withNear(store: Store, { seconds, maxBytes = 16 * MIB, now }: NearOptions): NearStore {
  let kept = boundedMap<Copy>(maxBytes)
  let turn = 0
  /** What was sent by then tells of a time that the store has lost. */
  let lostUntil = 0
  let cleared = 0
  let latestClear: Time | null = null
  let latest = 0
  let setBack = 0

  /** A window of before the clock was set back would open once more when it has caught up. */
  function moment(): number {
    const at = now()
    if (at < latest) setBack++
    latest = at
    return at
  }

  const send = (): Sent => ({ turn: ++turn, at: moment(), setBack, cleared })

  const put = (name: string, copy: Copy): void => kept.set(name, copy, sizeOf(name, copy))

  /** Takes in what the store has under a name, unless something newer is known. */
  function learn(name: string, value: string | null, turn: number): void {
    if (turn <= lostUntil) return
    const copy = kept.get(name)
    if (copy && copy.turn > turn) return
    if (value === null) kept.delete(name)
    else if (copy?.value === value) copy.turn = turn
    else put(name, { value, turn, windows: [] })
  }

  /** The copies of all these entries, or none. */
  function copiesOf(entries: readonly string[]): readonly Copy[] | null {
    const copies: Copy[] = []
    for (const name of entries) {
      const copy = kept.get(name)
      if (!copy) return null
      copies.push(copy)
    }
    return copies.length > 0 ? copies : null
  }

  function isOpen({ sent }: Window): boolean {
    const passed = moment() - sent.at
    return sent.setBack === setBack && passed < seconds * 1000 && cleared - sent.cleared < MOST_FENCES
  }

  /** Lets a reply be given again for a while. */
  function openWindow(name: string, copies: readonly Copy[], reply: Snapshot, sent: Sent): void {
    const copy = copies.at(-1)!
    // Another may have taken its place meanwhile, or it had to make room.
    if (seconds === 0 || kept.get(name) !== copy) return
    const same = windowOf(copy, reply.scopes)
    if (same && same.sent.turn > sent.turn) return
    const window = { copies, reply, sent }
    copy.windows = [...copy.windows.filter((other) => other !== same), window].slice(-MOST_WINDOWS)
    put(name, copy)
  }

  function atHand({ entries, scopes, full }: Query): Snapshot | null {
    if (full) return null
    const window = windowOf(kept.get(entries.at(-1)!), scopes)
    if (!window || !isOpen(window)) return null
    const areKept = entries.every((name, i) => kept.get(name) === window.copies[i])
    return areKept ? window.reply : null
  }

  return {
    ...store,

    atHand,

    async lookUp(query) {
      const given = atHand(query)
      if (given) return given
      const { entries, scopes, full } = query
      const name = entries.at(-1)!
      const copies = full ? null : copiesOf(entries)
      const sent = send()
      if (copies) {
        const reply = asNear(copies, await store.lookUp({ entries: [], scopes }))
        openWindow(name, copies, reply, sent)
        return reply
      }
      const reply = await store.lookUp({ entries, scopes })
      for (const [i, name] of entries.entries()) learn(name, reply.entries[i]!, sent.turn)
      const learned = copiesOf(entries)
      if (learned) openWindow(name, learned, asNear(learned, reply), sent)
      return reply
    },

    async commit(commit) {
      const outcome = await store.commit(commit)
      // A look-up that is under way may have missed it, and counts as older. What was refused, or nobody knows of, is
      // no entry: the times of its stamp may be issued again, and would then speak for it. A refusal also tells of a
      // clear that the window has not seen: its copies go, or each hit to come would be refreshed in vain.
      for (const { name, value } of commit.writes) {
        if (outcome === 'stored') learn(name, value, ++turn)
        else kept.delete(name)
      }
      return outcome
    },

    async clear(scopes) {
      const before = latestClear
      const time = await store.clear(scopes)
      cleared += scopes.length
      // The primary has gone back, as in a failover: times of before are issued again, and would speak for the copies.
      const isLost = before !== null && passes(before, time)
      if (isLost) {
        kept = boundedMap(maxBytes)
        lostUntil = turn
      }
      if (isLost || latestClear === null || !passes(latestClear, time)) latestClear = time
      return time
    },
  }
}

const windowOf = (copy: Copy | undefined, scopes: readonly string[]): Window | undefined =>
  copy?.windows.find(({ reply }) => areSame(reply.scopes, scopes))

/** What a reply says about copies. */
const asNear = (copies: readonly Copy[], { scopes, clock, fences }: Seen): Snapshot => ({
  entries: copies.map(({ value }) => value),
  clock,
  scopes,
  fences,
  near: true,
})

function sizeOf(name: string, { value, windows }: Copy): number {
  let bytes = bytesOfTexts(name, value)
  for (const { reply } of windows) {
    // The last of its entries is the copy's own value.
    const texts = [...reply.entries.slice(0, -1), ...reply.scopes, ...reply.fences]
    bytes += bytesOfTexts(...texts.map((text) => text ?? ''))
  }
  return bytes
}

const areSame = (some: readonly string[], others: readonly string[]): boolean =>
  some === others || (some.length === others.length && some.every((item, i) => item === others[i]))
