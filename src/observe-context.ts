/**
 * Observes what a route reads of its Context: variables, whatever middleware above has put on the Context itself, and
 * the ways through `c.env`, `c.executionCtx` and `c.event` to the platform's own request.
 */

import type { Context } from 'hono'
import { noticing } from './noticing.ts'
import { added, type Reader } from './reads.ts'
import type { Watch } from './watch.ts'

/** Members of `c.env` and of an execution context through which platforms give access to the request. */
const REQUEST_MEMBERS: readonly PropertyKey[] = [
  'incoming',
  'outgoing',
  'server',
  'remoteAddr',
  'info',
  'requestIP',
  'event',
  'eventContext',
  'context',
  'requestContext',
  'lambdaContext',
  'request',
  'props',
]

type Properties = Record<PropertyKey, unknown>

export interface ContextObservation {
  /** The handler has returned, and its body may still run. */
  late(): void
  /** The body has ended. */
  end(): void
}

export function observeContext(c: Context, reader: Reader, watch: Watch): ContextObservation {
  const { watching, intercept, replace } = watch
  /** What was set inside the observed part is the handler's own business. */
  const set = new Set<string>()
  let isLate = false

  const { get: getVariable, set: setVariable } = c
  const readVariable = (name: string): unknown => {
    const value: unknown = getVariable(name)
    return watching() && !set.has(name) ? reader.variable(name, value) : value
  }
  replace(c, 'get', { writable: true, value: readVariable })
  replace(c, 'set', {
    writable: true,
    value: (name: string, value: unknown) => {
      // Once the handler has returned it may be middleware above that sets it.
      if (isLate) set.delete(name)
      else set.add(name)
      setVariable(name, value)
    },
  })
  const observed = (name: string, see: (value: unknown) => unknown) => {
    intercept(c, name, {
      get: (below, isAdded) => {
        if (isAdded && watching()) reader.refuse('variable', added(`c.${name}`))
        return see(below())
      },
    })
  }
  observed('var', (all) => noticing(all as object, noteOf, names))

  const noteOf = (all: object, name: PropertyKey) => {
    if (typeof name === 'string' && (Object.hasOwn(all, name) || !(name in Object.prototype)))
      readVariable(name)
  }
  const names = () => {
    // Which variables there are may itself say who asks.
    if (watching()) reader.refuse('variable', ALL_VARIABLES)
  }

  // The platform's own request.
  const env: unknown = c.env
  const { seen } = watchPlatform(env, 'c.env')
  if (seen !== env) replace(c, 'env', { writable: true, value: seen })
  observed('executionCtx', (context) => watchPlatform(context, 'c.executionCtx').seen)
  intercept(c, 'event', {
    get: (below) => {
      if (watching()) reader.refuse('env', belongs('c.event'))
      return below()
    },
  })

  function watchPlatform(object: unknown, path: string): { seen: unknown } {
    if (typeof object !== 'object' || object === null || !leadsToRequest(object)) return { seen: object }
    return {
      seen: new Proxy(object, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target)
          if (watching() && (REQUEST_MEMBERS.includes(name) || value instanceof Request)) {
            reader.refuse('env', belongs(`${path}.${String(name)}`))
          }
          // A native method does not work on a Proxy; a function that somebody has put there has members of its own.
          return typeof value === 'function' && !Object.hasOwn(target, name) ? value.bind(target) : value
        },
      }),
    }
  }

  // What middleware above has put on the Context and its request, past `c.set()`.
  for (const [target, path] of [
    [c, 'c'],
    [c.req, 'c.req'],
  ] as const) {
    for (const name of Object.keys(target)) if (!namesOfNew(target).has(name)) watchAdded(target, name, path)
  }

  function watchAdded(target: object, name: string, path: string): void {
    const { value, get } = Object.getOwnPropertyDescriptor(target, name)!
    if (get) return
    replace(target, name, {
      get: () => {
        if (watching()) reader.refuse('variable', added(`${path}.${name}`))
        return value
      },
      set: (value: unknown) => {
        Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true })
      },
    })
  }

  let getWhenLate: unknown
  return {
    late() {
      isLate = true
      getWhenLate = c.get
    },
    end() {
      // Middleware above has replaced it meanwhile: what the body has read through that, nobody knows.
      if (isLate && c.get !== getWhenLate) reader.refuse('variable', REPLACED)
    },
  }
}

/** Not asked of every member: those of Bun's server and Node's messages are many, and native. */
const leadsToRequest = (object: object): boolean =>
  REQUEST_MEMBERS.some((name) => name in object && hasSomething((object as Properties)[name])) ||
  Object.values(object).some((value) => value instanceof Request)

/** Workers always have `props`, mostly empty. */
const hasSomething = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype
    ? value !== undefined
    : Object.keys(value).length > 0

const known = new WeakMap<object, ReadonlySet<string>>()

/** The names of the properties that an instance of that class has when it is new. */
function namesOfNew(instance: object): ReadonlySet<string> {
  const Class = instance.constructor as new (request: Request) => object
  let names = known.get(Class)
  if (!names) {
    names = new Set(Object.keys(new Class(new Request('http://localhost/'))))
    known.set(Class, names)
  }
  return names
}

const belongs = (member: string): string => `the route reads ${member}, which belongs to one request`
const REPLACED =
  'c.get() was replaced above the route while its body was still running, so that its reads could not be seen'
const ALL_VARIABLES =
  "the route reads all context variables at once (c.var); read those it needs with c.get('name')"
