/**
 * The application under the schedule: a few routes that get into each other's way, and what can be cleared of them.
 */
import { union } from '../../src/key/names.ts'
import type { Subject } from '../../src/key/subject.ts'
import {
  EVERYTHING,
  entryName,
  keyScope,
  namespaceScope,
  pathScope,
  tagScope,
} from '../../src/store/scope.ts'
import type { Seeded } from '../fixtures/seeded.ts'

export interface Route {
  readonly path: string
  readonly namespace: string
  /** Given by the author and shared between paths; else the path is the key. */
  readonly staticKey?: string
  /** Known before the handler runs. */
  readonly tags: readonly string[]
  /** Added by the handler, or not. */
  readonly handlerTags: readonly string[]
  /** Read by the handler, or not. */
  readonly inputs: readonly string[]
}

const PLAIN: Route = { path: '/a', namespace: 'n', tags: [], handlerTags: [], inputs: [] }
const TAGGED: Route = { path: '/b', namespace: 'n', tags: ['t'], handlerTags: ['u', 'v'], inputs: [] }
const LEARNING: Route = {
  path: '/c',
  namespace: 'm',
  tags: [],
  handlerTags: ['t'],
  inputs: ['lang', 'theme'],
}
const SHARED: Route = { ...PLAIN, staticKey: 's' }
const SHARED_TOO: Route = { ...TAGGED, staticKey: 's' }

/** Few routes at a time, so that they meet. */
export const SITES: readonly (readonly Route[])[] = [
  [PLAIN],
  [TAGGED],
  [LEARNING],
  [SHARED, SHARED_TOO],
  [PLAIN, TAGGED, LEARNING],
]

/** What is asked for when somebody visits a route. */
export function visit(route: Route, random: Seeded): Subject {
  const { path, namespace, staticKey, tags } = route
  const values = new Map(route.inputs.map((input) => [input, random.pick(['x', 'y', null])]))
  const key = staticKey ?? path.slice(1)
  return {
    namespace,
    key,
    name: entryName(namespace, key),
    text: JSON.stringify(staticKey === undefined ? ['GET', path] : ['key', 'GET', staticKey]),
    scopes: [
      EVERYTHING,
      namespaceScope(namespace),
      pathScope(path),
      ...tags.map(tagScope),
      ...(staticKey === undefined ? [] : [keyScope(namespace, staticKey)]),
    ],
    valueOf: (input) => values.get(input) ?? null,
  }
}

/** One of the scopes of these routes, or two tags at once. */
export function somethingToClear(routes: readonly Route[], random: Seeded): readonly string[] {
  const route = random.pick(routes)
  const tags = union(route.tags, route.handlerTags).map(tagScope)
  if (tags.length > 1 && random.chance(0.1)) return random.shuffle(tags).slice(0, 2)
  return [random.pick(union(visit(route, random).scopes, tags))]
}
