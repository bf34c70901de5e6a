/**
 * A variable of which the route has declared some members, such as `user.role`: those are in the key. Reading any
 * other member, or all of them, is reading the whole, which is then an input, or none, like any other variable.
 */

import { behind } from '../key/names.ts'
import { hasMembers, isOfNoClass } from '../key/plain.ts'
import { noticing } from './noticing.ts'

/** @param whole called where more is read than the paths name, with the path and the value of that where it is one member */
export function watchMembers<T extends object>(
  tree: T,
  paths: readonly string[],
  whole: (path?: string, value?: unknown) => void,
): T {
  const viewOf = createViews()
  const member = (all: T, name: PropertyKey): unknown => {
    const value: unknown = Reflect.get(all, name)
    if (typeof name === 'string') {
      if (paths.includes(name)) return value
      const below = behind(`${name}.`, paths)
      if (below.length > 0) {
        if (!isLiteral(value)) return value
        if (!isFixed(all, name)) {
          const wholeBelow = (path?: string, value?: unknown) => whole(path && `${name}.${path}`, value)
          return viewOf(name, value, () => watchMembers(value, below, wholeBelow))
        }
      }
    }
    // What serializes it lists the rest next.
    whole(typeof name === 'string' && name !== 'toJSON' ? name : undefined, value)
    return value
  }
  return noticing(tree, member, whole)
}

/** What is seen of objects, by their names: the same each time, for an app may compare it or keep something by it. */
export function createViews(): <T extends object>(name: string, tree: T, make: () => T) => T {
  const views = new Map<string, { readonly tree: object; readonly view: object }>()
  return <T extends object>(name: string, tree: T, make: () => T) => {
    let seen = views.get(name)
    if (seen?.tree !== tree) {
      seen = { tree, view: make() }
      views.set(name, seen)
    }
    return seen.view as T
  }
}

/** An instance of a class does not bear being watched: of that the declaration must say enough. */
export const isLiteral = (value: unknown): value is object =>
  hasMembers(value) && (Array.isArray(value) || isOfNoClass(value))

/** Of such a member a Proxy must give the very value. */
function isFixed(object: object, name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(object, name)
  return property?.configurable === false && property.writable === false
}
