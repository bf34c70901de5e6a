/** What a handler may be asked by whether an entry is right still: the validators that it has made itself. */

import { fieldOf } from '../http/fields.ts'
import type { Entry } from './entry.ts'

type Validated = Pick<Entry, 'headers' | 'ownEtag'>

export const validatorsOf = ({
  headers,
  ownEtag,
}: Validated): { etag: string | null; lastModified: string | null } => ({
  etag: ownEtag ? null : fieldOf(headers, 'etag'),
  lastModified: fieldOf(headers, 'last-modified'),
})

export function isValidatable(entry: Validated): boolean {
  const { etag, lastModified } = validatorsOf(entry)
  return etag !== null || lastModified !== null
}
