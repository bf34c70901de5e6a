/**
 * Accessors that an observation puts in the place of a property of one instance, until it ends.
 *
 * The functions of such a property are the same for all instances and ask the instance whose turn it is. With functions
 * of its own for each, V8 makes a new shape for every instance and keeps what they refer to until the next full
 * collection: on Node that took more of a miss than all the rest of observing it.
 */

export interface Accessor {
  get(): unknown
  set?(value: unknown): void
}

interface Interception {
  /** The instance's own property of that name, if it had one. */
  readonly before: PropertyDescriptor | undefined
  /** Of observations one inside the other: the innermost last. The last to end stays, for whoever has kept the property. */
  readonly accessors: Accessor[]
}

const INTERCEPTED = Symbol('hono-redis-cache.intercepted')

type Intercepted = object & { [INTERCEPTED]?: Map<string, Interception> }

/** By name; the names that are intercepted are the few that observing names. */
const shared = new Map<string, PropertyDescriptor>()

function sharedFor(name: string): PropertyDescriptor {
  let property = shared.get(name)
  if (!property) {
    const current = (instance: Intercepted) => instance[INTERCEPTED]?.get(name)?.accessors.at(-1)
    property = {
      configurable: true,
      enumerable: false,
      get(this: Intercepted) {
        return current(this)?.get()
      },
      set(this: Intercepted, value: unknown) {
        const accessor = current(this)
        if (!accessor?.set) throw new TypeError(`Cannot set property ${name}, which has only a getter`)
        accessor.set(value)
      },
    }
    shared.set(name, property)
  }
  return property
}

/** Returns what ends it. Where somebody has replaced the property since, theirs stays. */
export function intercept(target: Intercepted, name: string, accessor: Accessor): () => void {
  const property = sharedFor(name)
  const before = Object.getOwnPropertyDescriptor(target, name)
  let all = target[INTERCEPTED]
  if (!all) {
    all = new Map()
    Object.defineProperty(target, INTERCEPTED, { value: all })
  }
  let found = all.get(name)
  if (!found || before?.get !== property.get) {
    found = { before, accessors: [] }
    all.set(name, found)
    Object.defineProperty(target, name, before?.enumerable ? { ...property, enumerable: true } : property)
  }
  const interception = found
  const { accessors } = interception
  accessors.push(accessor)
  return () => {
    if (accessors.length > 1) {
      accessors.splice(accessors.indexOf(accessor), 1)
      return
    }
    if (Object.getOwnPropertyDescriptor(target, name)?.get !== property.get) return
    // An observation that began since is not to lose what it has put there.
    if (all.get(name) !== interception) return
    if (interception.before) Object.defineProperty(target, name, interception.before)
    // Not `Reflect.deleteProperty`, after which V8 looks every property of the instance up in a table.
    else delete (target as Record<string, unknown>)[name]
  }
}
