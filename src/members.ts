/**
 * A plain variable of which the route has declared some members, such as `user.role`: those are in the key. Reading
 * any other member, or all of them, is reading the whole, which is then an input like any other variable.
 */

/** @param whole called where more is read than the paths name */
export function watchMembers<T extends object>(tree: T, paths: readonly string[], whole: () => void): T {
  return new Proxy(tree, {
    get(all, name) {
      const value: unknown = Reflect.get(all, name)
      // What every object has says nothing of this one; that it lacks a member does.
      if (typeof name !== 'string' || paths.includes(name) || name in Object.prototype) return value
      const below = paths
        .filter((path) => path.startsWith(`${name}.`))
        .map((path) => path.slice(name.length + 1))
      if (below.length > 0 && typeof value === 'object' && value !== null)
        return watchMembers(value, below, whole)
      whole()
      return value
    },
    has(all, name) {
      whole()
      return Reflect.has(all, name)
    },
    ownKeys(all) {
      whole()
      return Reflect.ownKeys(all)
    },
    getOwnPropertyDescriptor(all, name) {
      whole()
      return Reflect.getOwnPropertyDescriptor(all, name)
    },
  })
}
