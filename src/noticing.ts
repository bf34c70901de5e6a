/** An object of which each member is noticed when it is read, whichever way, and so is asking which there are. */

export function noticing<T extends object>(
  object: T,
  member: (all: T, name: PropertyKey) => void,
  names: () => void,
): T {
  return new Proxy(object, {
    get(all, name) {
      member(all, name)
      return Reflect.get(all, name)
    },
    has(all, name) {
      member(all, name)
      return Reflect.has(all, name)
    },
    getOwnPropertyDescriptor(all, name) {
      member(all, name)
      return Reflect.getOwnPropertyDescriptor(all, name)
    },
    ownKeys(all) {
      names()
      return Reflect.ownKeys(all)
    },
  })
}
