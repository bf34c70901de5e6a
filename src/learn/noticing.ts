/** An object of which each member is noticed when it is read, whichever way, and so is asking which there are. */

/** @param member gives the member as it is to be seen */
export function noticing<T extends object>(
  object: T,
  member: (all: T, name: PropertyKey) => unknown,
  names: () => void,
): T {
  const see = (all: T, name: PropertyKey): unknown =>
    isOfEveryObject(all, name) ? Reflect.get(all, name) : member(all, name)
  return new Proxy(object, {
    get: see,
    has(all, name) {
      see(all, name)
      return Reflect.has(all, name)
    },
    getOwnPropertyDescriptor(all, name) {
      const property = Reflect.getOwnPropertyDescriptor(all, name)
      const value = see(all, name)
      if (property && 'value' in property) return { ...property, value }
      // What a getter gives to whoever calls it, nobody sees.
      if (property) names()
      return property
    },
    ownKeys(all) {
      names()
      return Reflect.ownKeys(all)
    },
  })
}

/** What every object has says nothing of this one; that it lacks a member does. */
export const isOfEveryObject = (object: object, name: PropertyKey): boolean =>
  name in Object.prototype && !Object.hasOwn(object, name)
