/** What caches nearer to the client may be told of an answer, with the option `cacheControl`. */

import { parseCacheControl } from './cache-control.ts'
import { type Field, fieldOf } from './fields.ts'

/** Whether middleware above has said that this client's answer is for nobody else, and the handler nothing since. */
export function isKeptBack(fields: readonly Field[], above: Headers): boolean {
  const directives = parseCacheControl(above.get('cache-control'))
  const isBack = ['no-store', 'private', 'no-cache'].some((directive) => directives.has(directive))
  return isBack && fieldOf(fields, 'cache-control') === null
}
