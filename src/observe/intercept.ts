/**
 * Accessors that an observation puts over a property of one instance, until it ends.
 *
 * The functions of such a property are the same for all instances and ask the instance what is over it. With functions
 * of its own for each, V8 keeps those, and all that they refer to, until the next full collection: on Node that took
 * more of a miss than all the rest of observing it.
 *
 * Observations of one instance may overlap and end in any order. Each is asked, the latest first, and reads what is
 * below it. Whoever has defined the property anew meanwhile, or has kept it beyond the end, loses nothing.
 */

export interface Accessor {
  /**
   * @param below reads what is there without it
   * @param isOwn the instance had a property of its own
   */
  get(below: () => unknown, isOwn: boolean): unknown
  /**
   * Left out where the property cannot be assigned, by all that observe one of that name.
   *
   * @param below assigns what is there without it
   */
  set?(value: unknown, below: (value: unknown) => void): void
}

interface Interception {
  readonly target: object
  /** The instance's own property of that name, if it had one. */
  before: PropertyDescriptor | undefined
  /** The latest last. */
  readonly accessors: Accessor[]
}

export const INTERCEPTED = Symbol('hono-redis-cache.intercepted')

type Intercepted = object & { [INTERCEPTED]?: Map<string, Interception> }

interface Shared {
  readonly fixed: PropertyDescriptor
  readonly settable: PropertyDescriptor
}

/** By name; the names that are intercepted are the few that observing names. */
const shared = new Map<string, Shared>()

function sharedFor(name: string): Shared {
  let properties = shared.get(name)
  if (!properties) {
    const fixed: PropertyDescriptor = {
      configurable: true,
      enumerable: false,
      get(this: Intercepted) {
        const interception = this[INTERCEPTED]?.get(name)
        return interception
          ? read(interception, name, this)
          : Reflect.get(Object.getPrototypeOf(this), name, this)
      },
    }
    const settable: PropertyDescriptor = {
      ...fixed,
      set(this: Intercepted, value: unknown) {
        const interception = this[INTERCEPTED]?.get(name)
        if (interception?.target === this) assign(interception, name, value)
        // What inherits from the instance, or is a copy, gets a property of its own, as it would without us.
        else Object.defineProperty(this, name, { ...PLAIN, value })
      },
    }
    properties = { fixed, settable }
    shared.set(name, properties)
  }
  return properties
}

const PLAIN = { writable: true, enumerable: true, configurable: true }

/** @param owner who is asked: the instance or, where that is a Proxy, what it stands around: native getters know that */
function read(
  interception: Interception,
  name: string,
  owner: object,
  depth = interception.accessors.length,
): unknown {
  const { target, before, accessors } = interception
  const accessor = accessors[depth - 1]
  if (accessor) return accessor.get(() => read(interception, name, owner, depth - 1), before !== undefined)
  if (!before) return Reflect.get(Object.getPrototypeOf(target), name, owner)
  return before.get ? before.get.call(owner) : before.value
}

function assign(
  interception: Interception,
  name: string,
  value: unknown,
  depth = interception.accessors.length,
): void {
  const { target, before, accessors } = interception
  const accessor = accessors[depth - 1]
  if (accessor) accessor.set?.(value, (value) => assign(interception, name, value, depth - 1))
  else if (before?.set) before.set.call(target, value)
  else if (before) interception.before = { ...before, value }
  else if (!Reflect.set(Object.getPrototypeOf(target), name, value, target))
    Object.defineProperty(target, name, { ...PLAIN, value })
}

/** Whether a property is one that has been put there so. */
export const isIntercepted = (name: PropertyKey, { get }: PropertyDescriptor): boolean =>
  get !== undefined && shared.get(name as string)?.fixed.get === get

/** Returns what ends it. */
export function intercept(target: Intercepted, name: string, accessor: Accessor): () => void {
  const before = Object.getOwnPropertyDescriptor(target, name)
  const { fixed, settable } = sharedFor(name)
  const property = accessor.set ? settable : fixed
  let all = target[INTERCEPTED]
  if (!all) {
    all = new Map()
    Object.defineProperty(target, INTERCEPTED, { value: all, configurable: true, writable: true })
  }
  const outer = all.get(name)
  let found = outer
  if (!found || before?.get !== property.get) {
    found = { target, before, accessors: [] }
    Object.defineProperty(target, name, before?.enumerable ? { ...property, enumerable: true } : property)
    all.set(name, found)
  }
  const interception = found
  const { accessors } = interception
  accessors.push(accessor)
  return () => {
    accessors.splice(accessors.indexOf(accessor), 1)
    if (accessors.length > 0 || all.get(name) !== interception) return
    const now = Object.getOwnPropertyDescriptor(target, name)
    // Frozen meanwhile, or somebody else's: then it stays as it is.
    if (now?.get === property.get && now?.configurable) {
      if (interception.before) Object.defineProperty(target, name, interception.before)
      // Not `Reflect.deleteProperty`, after which V8 looks every property of the instance up in a table.
      else delete (target as Record<string, unknown>)[name]
    }
    // Somebody had defined the property between two observations: the first may not have ended.
    if (outer && outer !== interception) all.set(name, outer)
  }
}
