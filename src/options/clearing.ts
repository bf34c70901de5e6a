/**
 * What can be cleared, in the words of its caller, as scopes. The forms exclude each other, and an argument that
 * names no scope, or two, or an undefined one throws: a typo must not clear everything, nor nothing.
 */

import { isText, kindOf } from '../checking.ts'
import { ConfigError } from '../errors.ts'
import { hasMembers } from '../key/plain.ts'
import { EVERYTHING, keyScope, namespaceScope, tagScope, typedPathScopes } from '../store/scope.ts'

type Absent<Names extends string> = { readonly [Name in Names]?: never }

/** What to clear; nothing at all clears everything under the prefix. */
export type ClearTarget =
  | ({ readonly namespace: string } & Absent<'tag' | 'tags' | 'path' | 'key'>)
  | ({ readonly tag: string } & Absent<'namespace' | 'tags' | 'path' | 'key'>)
  | ({ readonly tags: readonly string[] } & Absent<'namespace' | 'tag' | 'path' | 'key'>)
  /** As a person would type it: encoded or not, with or without a trailing slash; no query. */
  | ({ readonly path: string } & Absent<'namespace' | 'tag' | 'tags' | 'key'>)
  /** A static or built key; its namespace is `'default'` where none is named. */
  | ({ readonly key: string; readonly namespace?: string } & Absent<'tag' | 'tags' | 'path'>)

export const DEFAULT_NAMESPACE = 'default'

const FORMS = 'clear(), or one of { namespace }, { tag }, { tags }, { path }, { key }, { key, namespace }'

/** From the arguments as they were given: `clear(undefined)` is a mistake, and not `clear()`. */
export function scopesToClear(given: [] | [target: ClearTarget]): readonly string[] {
  if (given.length === 0) return [EVERYTHING]
  const [target] = given
  if (!hasMembers(target)) throw new ConfigError(`expected ${FORMS}; got ${kindOf(target)}`)
  const names = Object.keys(target).sort().join()
  switch (names) {
    case 'namespace':
      return [namespaceScope(text(target.namespace, 'namespace'))]
    case 'tag':
      return [tagScope(text(target.tag, 'tag'))]
    case 'tags':
      if (!Array.isArray(target.tags))
        throw new ConfigError(`clear({ tags }): tags must be an array of strings; got ${kindOf(target.tags)}`)
      return [...new Set(Array.from(target.tags, (tag, i) => tagScope(text(tag, 'tags', `tags[${i}]`))))]
    case 'path':
      return typedPathScopes(path(target.path))
    case 'key':
    case 'key,namespace': {
      const namespace = names === 'key' ? DEFAULT_NAMESPACE : text(target.namespace, 'namespace')
      return [keyScope(namespace, text(target.key, 'key'))]
    }
    default: {
      const written = names === '' ? '{}' : `{ ${names.replaceAll(',', ', ')} }`
      throw new ConfigError(`clear(${written}) names no scope or several: expected ${FORMS}`)
    }
  }
}

function text(value: unknown, name: string, at = name): string {
  if (isText(value)) return value
  throw new ConfigError(`clear({ ${name} }): ${at} must be a string that is not empty; got ${kindOf(value)}`)
}

function path(value: unknown): string {
  const given = text(value, 'path')
  if (given.startsWith('/') && !/[?#]/.test(given)) return given
  throw new ConfigError(
    'clear({ path }): path must begin with "/" and have no query; it covers all queries and every host',
  )
}
