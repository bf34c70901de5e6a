/**
 * What is stored under a key: an entry, or a vary record that says what its variants depend on. Layout:
 *
 *     hrc1 {"text":…,"stamp":…,…}⏎body
 *
 * The version tag is no JSON value, so that a client that deserialises replies hands the string back as it is.
 * The body comes last and unescaped: valid UTF-8 as itself, anything else as base64. Whatever cannot be decoded,
 * an unknown version and fields that no response may have included, is `null`, which the caller takes for a miss.
 */

import { type Field, mayBeOfEntry } from '../http/fields.ts'
import { fromBase64, toBase64 } from './base64.ts'

/** One stored response. */
export interface Entry {
  /** The canonical text of the request that it answers: its identity, since an MD5 can be forged. */
  readonly text: string
  /** The clock as it stood before the handler ran. */
  readonly stamp: string
  readonly scopes: readonly string[]
  readonly status: number
  /** Names in lower case, unique but for `set-cookie`; `append`: added to what middleware above sets. */
  readonly headers: readonly Field[]
  /** When the entry was made, in milliseconds of wall-clock time: for freshness only, never for validity. */
  readonly made: number
  /** The age that it had when it was made, in seconds. */
  readonly age: number
  /** For how many seconds from `made` it is fresh. */
  readonly fresh: number
  /** Seconds past freshness, where there are any. */
  readonly staleWhileRevalidate?: number
  readonly staleIfError?: number
  /** Never used without validation; never used stale. */
  readonly validate?: true
  readonly strict?: true
  /** The Range that a part was asked for by. */
  readonly range?: string
  /** Its ETag was made here: the handler does not know it. */
  readonly ownEtag?: true
  readonly body: string | Uint8Array<ArrayBuffer>
}

/** What the variants of a key depend on beyond its canonical text, and the scopes that handlers added last. */
export interface VaryRecord {
  readonly text: string
  readonly inputs: readonly string[]
  readonly scopes: readonly string[]
}

const VERSION = 'hrc1 '

const MOST_INPUT_CHARACTERS = 2_048

/**
 * Whether a record may name these inputs. The headers among them are in the Vary of every answer, and one whose fields
 * are too long reaches no client.
 */
export const mayBeRecorded = (inputs: readonly string[]): boolean =>
  inputs.join().length <= MOST_INPUT_CHARACTERS

export function encodeEntry({ body, ...about }: Entry): string {
  const text = typeof body === 'string' ? body : textOf(body)
  if (text !== null) return `${VERSION}${JSON.stringify(about)}\n${text}`
  return `${VERSION}${JSON.stringify({ ...about, base64: true })}\n${toBase64(body as Uint8Array)}`
}

export function encodeVaryRecord({ text, inputs, scopes }: VaryRecord): string {
  return `${VERSION}${JSON.stringify({ text, inputs, scopes })}\n`
}

/** All that stands before a body, checked. */
export type Head = (Omit<Entry, 'body'> & { readonly base64?: true }) | VaryRecord

/** Heads by the text that they were decoded from: the next hit of an entry brings the same one. */
export interface Heads {
  get(text: string): Head | undefined
  set(text: string, head: Head): void
}

/**
 * What a stored string says; `null` where it is none of ours, of another version, or damaged. Never throws.
 *
 * @param heads those decoded lately
 */
export function decode(stored: string | null | undefined, heads?: Heads): Entry | VaryRecord | null {
  if (!stored?.startsWith(VERSION)) return null
  const end = stored.indexOf('\n')
  if (end < 0) return null
  try {
    const text = stored.slice(VERSION.length, end)
    const known = heads?.get(text)
    const head = known ?? headOf(text)
    if (!head) return null
    if (!known) heads?.set(text, head)
    if ('inputs' in head) return head
    const body = stored.slice(end + 1)
    if (!head.base64) return { ...head, body }
    const { base64: _how, ...about } = head
    return { ...about, body: fromBase64(body) }
  } catch {
    return null
  }
}

function headOf(text: string): Head | null {
  const head: Head = JSON.parse(text)
  if (typeof head.text !== 'string' || !isStrings(head.scopes)) return null
  const valid = 'inputs' in head ? isStrings(head.inputs) && mayBeRecorded(head.inputs) : isEntry(head)
  return valid ? head : null
}

export const isRecord = (decoded: Entry | VaryRecord): decoded is VaryRecord => 'inputs' in decoded

/** The body as bytes, whichever way it was stored. */
export const bytesOf = (body: Entry['body']): Uint8Array<ArrayBuffer> =>
  typeof body === 'string' ? new TextEncoder().encode(body) : body

/** Bytes as text where they are valid UTF-8, else `null`. A byte order mark stays: it is part of the body. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function isEntry(about: Omit<Entry, 'body'>): boolean {
  return (
    typeof about.stamp === 'string' &&
    Number.isInteger(about.status) &&
    about.status >= 200 &&
    about.status <= 599 &&
    about.headers.every(
      (field) => isStrings(field) && field.length >= 2 && mayBeOfEntry(field[0]!, field[1]!),
    ) &&
    [about.made, about.age, about.fresh, about.staleWhileRevalidate ?? 0, about.staleIfError ?? 0].every(
      Number.isFinite,
    ) &&
    typeof (about.range ?? '') === 'string'
  )
}

/** Throws where it is no array. */
const isStrings = (value: readonly unknown[]): boolean => value.every((item) => typeof item === 'string')
