/**
 * A 304 that renews a stored response (RFC 9111 §3.2, §4.3.4): its fields take the place of the stored ones, except
 * those that describe the stored content, which is not in a 304.
 */

import { DIGESTS, type Field } from './fields.ts'

/** "fields that the cache's stored response depends upon" (§3.2): they describe its content; and its validator. */
const KEPT = new Set(['content-encoding', 'content-length', 'content-range', 'etag', ...DIGESTS])

export function renewFields(stored: readonly Field[], update: readonly Field[]): Field[] {
  const updates = update.filter(([name]) => !KEPT.has(name))
  const names = new Set(updates.map(([name]) => name))
  // Without a Date it was made now (RFC 9110 §6.6.1), whatever that of the stored response was.
  names.add('date')
  return [...stored.filter(([name]) => !names.has(name)), ...updates]
}
