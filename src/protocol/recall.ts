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

import { decode, type Entry, type Heads, isRecord } from '../entry/entry.ts'
import { remaining } from '../entry/freshness.ts'
import type { Shapes } from '../isolate/shape.ts'
import { union, without } from '../key/names.ts'
import { type Subject, variantOf } from '../key/subject.ts'
import { within } from '../store/deadline.ts'
import type { NearStore, Store } from '../store/store.ts'
import { judge, type Seen, type Time } from '../store/time.ts'

/** What a look-up found. */
export type Recollection =
  | {
      /** There is an entry and it is valid; whether it is fresh is another question. */
      readonly outcome: 'found'
      readonly entry: Entry
      /** The clock in the reply that decided. */
      readonly stamp: Time
      /** What the record in the reply says that the key's variants depend on. */
      readonly inputs: readonly string[]
      /** The reply that decided. */
      readonly seen: Seen
    }
  | {
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
  | { readonly outcome: 'unkeyed'; readonly input: string }
  /** A clear made here has not reached the store: nothing may be used or stored. */
  | { readonly outcome: 'suspended' }

export interface Recaller {
  readonly store: Store & Partial<NearStore>
  readonly shapes: Shapes
  readonly heads: Heads
  /** Milliseconds for all store calls of one recollection together. */
  readonly deadline: number
}

const MOST_ROUNDS = 3

/** A handler whose tags change all the time must not make each look-up longer than the one before. */
const MOST_REMEMBERED = 256

function bounded(known: readonly string[], more: readonly string[]): readonly string[] {
  const all = union(known, more)
  return all.length > MOST_REMEMBERED ? more : all
}

/** @param suffices whether a copy will do as it is; else the store is asked for what others may have made of it */
export async function recall(
  { store, shapes, heads, deadline }: Recaller,
  subject: Subject,
  suffices: (entry: Entry) => boolean = isFresh,
): Promise<Recollection> {
  const started = Date.now()
  // The store keeps a deadline for each call; the calls of one request get no more than one between them.
  const inTime = <T>(call: Promise<T>) => within(Math.max(1, started + deadline - Date.now()), call)

  const primary = subject.name
  let { inputs, scopes: added } = shapes.get(primary)
  let full = false
  let rounds = MOST_ROUNDS

  for (let round = 1; ; round++) {
    const variant = inputs.length > 0 ? variantOf(subject, inputs) : null
    const query = {
      entries: variant ? [primary, variant.name] : [primary],
      scopes: union(subject.scopes, added),
      ...(full && { full }),
    }
    // What is at hand is not waited for.
    let snapshot = store.atHand?.(query)
    if (!snapshot) {
      const lookingUp = store.lookUp(query)
      snapshot = await (round === 1 ? lookingUp : inTime(lookingUp))
    }
    if (snapshot.suspended) return { outcome: 'suspended' }
    const near = snapshot.near === true && !full

    let candidate = decode(snapshot.entries[0], heads)
    let text = subject.text
    let recorded: readonly string[] = []
    // Another text under this key is an MD5 that was made to collide: it says nothing.
    if (candidate && isRecord(candidate) && candidate.text === text) {
      recorded = candidate.inputs
      if (recorded.join() !== inputs.join()) {
        // A variant counts only if the reply that brings it also brings a record with its names: ask for both.
        inputs = recorded
        added = bounded(added, candidate.scopes)
        shapes.set(primary, { inputs, scopes: added })
        if (round < rounds) continue
      } else if (variant) {
        candidate = decode(snapshot.entries[1], heads)
        text = variant.text
      } else if (!near) {
        return {
          outcome: 'unkeyed',
          input: inputs.find((input) => subject.valueOf(input, inputs) === undefined)!,
        }
      }
    }

    let outcome: 'uri-miss' | 'vary-miss' | 'invalid' = recorded.length > 0 ? 'vary-miss' : 'uri-miss'
    if (candidate && !isRecord(candidate) && candidate.text === text) {
      const verdict = judge(candidate.stamp, candidate.scopes, snapshot, subject.scopes.length)
      if (verdict.valid && (!near || suffices(candidate))) {
        return {
          outcome: 'found',
          entry: candidate,
          stamp: snapshot.clock!,
          inputs: recorded,
          seen: snapshot,
        }
      }
      if (!verdict.valid && verdict.unknown && round < rounds) {
        // Its handler added scopes that nobody asked for: nothing speaks against it, and nothing for it either.
        added = bounded(added, without(candidate.scopes, subject.scopes))
        shapes.set(primary, { inputs, scopes: added })
        continue
      }
      outcome = 'invalid'
    }
    if (near) {
      // From here on as if there were no copies.
      full = true
      rounds++
      continue
    }
    return {
      outcome,
      stamp: snapshot.clock ?? (await inTime(store.begin())),
      inputs: recorded,
      seen: snapshot,
    }
  }
}

const isFresh = (entry: Entry): boolean => !entry.validate && remaining(entry, Date.now()) > 0
