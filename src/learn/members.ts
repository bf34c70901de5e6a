/**
 * A variable of which the route has declared some members, such as `user.role`: those are in the key. Reading any
 * other member, or all of them, is reading the whole, which is then an input, or none, like any other variable.
 */

import { behind } from '../key/names.ts'
import { hasMembers, isOfNoClass } from '../key/plain.ts'
import { noticing } from './noticing.ts'

/** Called where more is read than the paths name, with the path and the value of that where it is one member. */
type Whole = (path?: string, value?: unknown) => void

/** What is seen of values, by their names: the same each time, for an app may compare it or keep something by it. */
export function createViews() {
  const views = new Map<string, { readonly tree: object; readonly view: object }>()
  return (name: string, value: unknown, paths: readonly string[], whole: Whole): unknown => {
    if (!isLiteral(value)) return value
    let seen = views.get(name)
    if (seen?.tree !== value) {
      seen = { tree: value, view: watchMembers(value, paths, whole) }
      views.set(name, seen)
    }
    return seen.view
  }
}

function watchMembers(tree: object, paths: readonly string[], whole: Whole): object {
  const viewOf = createViews()
  const member = (all: object, name: PropertyKey): unknown => {
    const value: unknown = Reflect.get(all, name)
    if (typeof name === 'string') {
      if (paths.includes(name)) return value
      const below = behind(`${name}.`, paths)
      if (below.length > 0 && !(isLiteral(value) && isFixed(all, name)))
        return viewOf(name, value, below, (path, value) => whole(path && `${name}.${path}`, value))
    }
    // What serializes it lists the rest next.
    whole(typeof name === 'string' && name !== 'toJSON' ? name : undefined, value)
    return value
  }
  return noticing(tree, member, whole)
}

/** An instance of a class does not bear being watched: of that the declaration must say enough. */
const isLiteral = (value: unknown): value is object =>
  hasMembers(value) && (Array.isArray(value) || isOfNoClass(value))

/** Of such a member a Proxy must give the very value. */
function isFixed(object: object, name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(object, name)
  return property?.configurable === false && property.writable === false
}
