/**
 * Commits what was made for a subject: the entry alone, or a vary record and the variant.
 *
 * The record's names are a union: they only grow, and a grown record puts the older variants out of reach by
 * itself, since a variant's key is made of the names. Two commits at once with different names: the later record
 * stays, the other's variant is out of reach, and the next miss brings the names together.
 */

import { type Entry, encodeEntry, encodeVaryRecord } from '../entry/entry.ts'
import type { Shapes } from '../isolate/shape.ts'
import { union, without } from '../key/names.ts'
import { type Subject, variantOf } from '../key/subject.ts'
import type { CommitOutcome, Store, Write } from '../store/store.ts'

/** A response that may be stored, under the text that it has with what it turned out to depend on. */
export interface Keepable {
  readonly entry: Entry
  /** The names of all inputs beyond the subject's text. */
  readonly inputs: readonly string[]
  /** The name of the variant that they make; `null` where there are none. */
  readonly variant: string | null
}

/** A record that outlives its variants costs a few bytes; one that dies before them costs misses. */
const LEAST_RECORD_SECONDS = 86_400
/** A URL that a stranger has made longer than this would fill the store for a day. */
const MOST_LASTING_CHARACTERS = 2_048

/**
 * What is to be kept of a response; `null` where an input cannot be keyed.
 *
 * @param inputs what the response turned out to depend on
 * @param recorded the names of the record that the look-up saw
 */
export function keepable(
  subject: Subject,
  entry: Omit<Entry, 'text'>,
  inputs: readonly string[],
  recorded: readonly string[],
): Keepable | null {
  const names = [...union(recorded, inputs)].sort()
  if (names.length === 0) return { entry: { ...entry, text: subject.text }, inputs: names, variant: null }
  const variant = variantOf(subject, names)
  return variant && { entry: { ...entry, text: variant.text }, inputs: names, variant: variant.name }
}

/** @param seconds for which it can be useful: freshness and the longest stale window */
export async function keep(
  { store, shapes }: { readonly store: Store; readonly shapes: Shapes },
  subject: Subject,
  { entry, inputs, variant }: Keepable,
  seconds: number,
): Promise<{ outcome: CommitOutcome; size: number }> {
  const primary = subject.name
  const added = without(entry.scopes, subject.scopes)
  const writes: Write[] = [{ name: variant ?? primary, value: encodeEntry(entry), seconds }]
  if (variant !== null) {
    const { text } = subject
    const least = text.length > MOST_LASTING_CHARACTERS ? 0 : LEAST_RECORD_SECONDS
    const value = encodeVaryRecord({ text, inputs, scopes: added })
    writes.unshift({ name: primary, value, seconds: Math.max(seconds, least) })
  }
  const outcome = await store.commit({ stamp: entry.stamp, scopes: entry.scopes, writes })
  if (outcome === 'stored') shapes.set(primary, { inputs, scopes: added })
  return { outcome, size: writes.at(-1)!.value.length }
}
