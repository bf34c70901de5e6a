/**
 * The names that a store knows: scopes (what can be cleared), entries and leases.
 *
 * A name is the last part of a Redis key. Every part that comes from outside is percent-encoded, so that no
 * name can run into another's place, and one over 64 bytes becomes its MD5 behind a `#`, which the encoding
 * never emits. Two names with one MD5 share a fence, which can only clear too much; entries carry their text.
 */

import { isText } from '../checking.ts'
import { md5 } from '../key/md5.ts'

const LONGEST_NAME = 64

/** One part of a name, safe between colons. */
export function encodeName(part: string): string {
  const encoded = encodeURIComponent(part.toWellFormed())
  return encoded.length > LONGEST_NAME ? `#${md5.hex(part)}` : encoded
}

/** The scope of everything under a prefix. */
export const EVERYTHING = 'a'

export const namespaceScope = (namespace: string): string => `n:${encodeName(namespace)}`

export const tagScope = (tag: string): string => `t:${encodeName(tag)}`

/** A look-up asks for the fence of each scope of an entry. */
export const MOST_TAGS = 64

/** The scopes of what an app gives for tags; `null` where one is none, as a parameter of its route may be absent. */
export function tagScopes(tags: unknown): string[] | null {
  // The letters of a string are no tags.
  if (!Array.isArray(tags)) return null
  const scopes: string[] = []
  // Not by `every` and `map`, which pass over the holes of an array.
  for (const tag of tags) {
    if (!isText(tag)) return null
    scopes.push(tagScope(tag))
  }
  return scopes
}

export const keyScope = (namespace: string, key: string): string =>
  `k:${encodeName(namespace)}:${encodeName(key)}`

/**
 * The scope of a path as a person would type it: encoded or not, with or without a trailing slash. What decodes
 * to the same text is the same path, so `/a%2Fb` and `/a/b` are cleared together: too much, never too little.
 */
export function pathScope(path: string): string {
  const plain = path.includes('%') ? decodeLeniently(path) : path
  // Not `/\/+$/`, which takes 90 ms for 16,000 slashes in the middle of a path.
  let end = plain.length
  while (plain[end - 1] === '/') end--
  return `p:${encodeName(plain.slice(0, end) || '/')}`
}

/** The scopes of a path that somebody has typed: `/u/%41` is `/u/A` if it is encoded, and `/u/%2541` if it is not. */
export const typedPathScopes = (path: string): readonly string[] => [
  ...new Set([pathScope(path), pathScope(path.replaceAll('%', '%25'))]),
]

export const entryName = (namespace: string, key: string): string => `e:${encodeName(namespace)}:${key}`

/** Of whoever makes the entry of that name. */
export const leaseName = (entry: string): string => `l:${entry.slice(2)}`

/** Whether a scope outlives the entries it was written for: everything and namespaces do, under whatever prefix. */
export function isBroad(scope: string): boolean {
  const own = scope.slice(scope.lastIndexOf('/') + 1)
  return own === EVERYTHING || own.startsWith('n:')
}

/**
 * One character in UTF-8, percent-encoded; or one byte of what is none. Exactly what decodes, for an error is dear: of a
 * URL of 60,000 characters that decode to nothing, 20,000 of them take 50 ms.
 */
const ENCODED =
  /(%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|%(?:e0%[ab]|e[1-9a-cef]%[89ab]|ed%[89])[\da-f]%[89ab][\da-f]|%(?:f0%[9ab]|f[1-3]%[89ab]|f4%8)[\da-f](?:%[89ab][\da-f]){2})|%[\da-f]{2}/gi

/** Percent-decoding that leaves alone what is not valid: a stray `%` in a path is a `%`. */
const decodeLeniently = (text: string): string =>
  text.replace(ENCODED, (character, valid?: string) =>
    valid ? decodeURIComponent(valid) : character.toUpperCase(),
  )
