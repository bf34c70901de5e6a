/**
 * Looks a subject up.
 *
 * A hit costs one look-up as soon as this isolate knows the subject's shape: its learned inputs and the scopes its
 * handler added. Before, the reply itself names what was missing, and that is asked for *together with everything
 * else*, so that one reply decides; at most three look-ups. The memory of shapes may be wrong; the answer never
 * is, because it counts only if the very reply that brought it confirms it.
 *
 * Where the near tier's copies are of no use, the store is asked in full, since others may have stored something
 * better: that is one look-up more at most.
 */

import { decode, type Entry, type Heads, isRecord, type VaryRecord } from '../entry/entry.ts'
import { residence } from '../entry/freshness.ts'
import type { Shape, Shapes } from '../isolate/shape.ts'
import { union, without } from '../key/names.ts'
import { type Subject, type Variant, variantOf } from '../key/subject.ts'
import { within } from '../store/deadline.ts'
import type { NearStore, Query, Snapshot, Store } from '../store/store.ts'
import { judge, type Seen, type Time } from '../store/time.ts'

/** There is an entry and it is valid; whether it is fresh is another question. */
export interface Found {
  readonly outcome: 'found'
  readonly entry: Entry
  /** The clock in the reply that decided. */
  readonly stamp: Time
  /** What the record in the reply says that the key's variants depend on. */
  readonly inputs: readonly string[]
  /** The reply that decided. */
  readonly seen: Seen
}

/** There is none that is of use. */
interface NotFound {
  /**
   * - `uri-miss`, `vary-miss`: there is no entry for the key, none for the variant
   * - `invalid`: there is one, but it was cleared or cannot be shown not to have been
   */
  readonly outcome: 'uri-miss' | 'vary-miss' | 'invalid'
  /** The clock before the handler runs: what its response is stamped with. */
  readonly stamp: Time
  readonly inputs: readonly string[]
  readonly seen: Seen
}

/** The key's variants depend on this, and what the request has of it cannot be keyed. */
interface Unkeyed {
  readonly outcome: 'unkeyed'
  readonly input: string
}

/** What a look-up found; `suspended`: a clear made here has not reached the store, and nothing may be used or stored. */
export type Recollection = Found | NotFound | Unkeyed | { readonly outcome: 'suspended' }

export interface Recaller {
  readonly store: Store & Partial<NearStore>
  readonly shapes: Shapes
  readonly heads: Heads
  /** Milliseconds for all store calls of one recollection together. */
  readonly deadline: number
}

const MOST_LOOK_UPS = 3

/**
 * At once where a near copy will do, for nothing is sent; else when the store has answered.
 *
 * @param suffices whether a copy will do as it is; else the store is asked for what others may have made of it
 */
export function recall(
  recaller: Recaller,
  subject: Subject,
  suffices: (entry: Entry) => boolean = isFresh,
): Recollection | Promise<Recollection> {
  const asked = ask(subject, recaller.shapes.get(subject.name))
  return findAtHand(recaller, asked, suffices) ?? lookUp(recaller, asked, suffices)
}

/** What is asked for a subject that is taken to be of a shape. */
interface Asked {
  readonly subject: Subject
  readonly shape: Shape
  /** The variant that the shape makes of it; `null` where it makes none, or one that cannot be keyed. */
  readonly variant: Variant | null
  readonly query: Query
}

function ask(subject: Subject, shape: Shape): Asked {
  const variant = shape.inputs.length > 0 ? variantOf(subject, shape.inputs) : null
  const entries = variant ? [subject.name, variant.name] : [subject.name]
  return { subject, shape, variant, query: { entries, scopes: union(subject.scopes, shape.scopes) } }
}

function findAtHand(
  { store, heads }: Recaller,
  asked: Asked,
  suffices: (entry: Entry) => boolean,
): Found | null {
  const reply = store.atHand?.(asked.query)
  if (!reply) return null
  const reading = readReply(reply, decodeAgain(reply.entries, heads), asked)
  return reading.outcome === 'found' && suffices(reading.entry) ? reading : null
}

async function lookUp(
  { store, shapes, heads, deadline }: Recaller,
  first: Asked,
  suffices: (entry: Entry) => boolean,
): Promise<Recollection> {
  const started = Date.now()
  // The store keeps a deadline for each call; the calls of one request get no more than one between them.
  const inTime = <T>(call: Promise<T>) => within(Math.max(1, started + deadline - Date.now()), call)

  let asked = first
  let full = false
  let left = MOST_LOOK_UPS

  for (;;) {
    const lookingUp = store.lookUp(full ? { ...asked.query, full } : asked.query)
    const reply = await (asked === first && !full ? lookingUp : inTime(lookingUp))
    if (reply.suspended) return { outcome: 'suspended' }
    left--

    const isCopy = reply.near === true && !full
    const reading = readReply(reply, decodeAll(reply.entries, heads), asked)
    if (reading.outcome === 'found' || reading.outcome === 'unkeyed') {
      if (!isCopy || (reading.outcome === 'found' && suffices(reading.entry))) return reading
    } else {
      const { outcome, inputs, better } = reading
      if (better) {
        shapes.set(asked.subject.name, better)
        asked = ask(asked.subject, better)
        if (left > 0) continue
      }
      if (!isCopy)
        return { outcome, stamp: reply.clock ?? (await inTime(store.begin())), inputs, seen: reply }
    }
    // The copies are of no use: once more, and as if there were none.
    full = true
    left++
  }
}

type Reading = Found | Unkeyed | NothingYet

/** Nothing that is of use; `better`: the shape by which to ask again, since the one asked by has missed something. */
interface NothingYet extends Pick<NotFound, 'outcome' | 'inputs'> {
  readonly better?: Shape
}

/** What the entries of a reply, decoded, say of what was asked for. */
function readReply(reply: Snapshot, entries: Decoded, { subject, shape, variant }: Asked): Reading {
  let entry = entries[0]
  // Another text under this key is an MD5 that was made to collide: it says nothing.
  if (entry?.text !== subject.text) return { outcome: 'uri-miss', inputs: [] }

  let inputs: readonly string[] = []
  if (isRecord(entry)) {
    inputs = entry.inputs
    // A variant counts only if the reply that brings it also brings a record with its names: ask for both.
    if (inputs.join() !== shape.inputs.join())
      return { outcome: 'vary-miss', inputs, better: { inputs, scopes: bounded(shape.scopes, entry.scopes) } }
    if (!variant) {
      const input = inputs.find((input) => subject.valueOf(input, inputs) === undefined)!
      return { outcome: 'unkeyed', input }
    }
    entry = entries[1]
    if (entry?.text !== variant.text || isRecord(entry)) return { outcome: 'vary-miss', inputs }
  }

  const verdict = judge(entry.stamp, entry.scopes, reply, subject.scopes.length)
  if (verdict === 'valid') return { outcome: 'found', entry, stamp: reply.clock!, inputs, seen: reply }
  if (verdict === 'invalid') return { outcome: 'invalid', inputs }
  // Its handler added scopes that nobody asked for: nothing speaks against it, and nothing for it either.
  const scopes = bounded(shape.scopes, without(entry.scopes, subject.scopes))
  return { outcome: 'invalid', inputs, better: { inputs: shape.inputs, scopes } }
}

type Decoded = readonly (Entry | VaryRecord | null)[]

const decodeAll = (entries: Snapshot['entries'], heads: Heads): Decoded =>
  entries.map((stored) => decode(stored, heads))

/** What the near tier gives, by its very list: within a window it gives the same one again. */
const decoded = new WeakMap<Snapshot['entries'], Decoded>()

function decodeAgain(entries: Snapshot['entries'], heads: Heads): Decoded {
  let all = decoded.get(entries)
  if (!all) {
    all = decodeAll(entries, heads)
    // Bytes are for one response alone: whoever gets at them could change them.
    if (all.every((entry) => !entry || isRecord(entry) || typeof entry.body === 'string'))
      decoded.set(entries, all)
  }
  return all
}

/** A handler whose tags change all the time must not make each look-up longer than the one before. */
const MOST_REMEMBERED = 256

function bounded(known: readonly string[], more: readonly string[]): readonly string[] {
  const all = union(known, more)
  return all.length > MOST_REMEMBERED ? more : all
}

const isFresh = (entry: Entry): boolean => !entry.validate && residence(entry, Date.now()) < entry.fresh
