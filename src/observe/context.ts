/**
 * Observes what a route reads of its Context: variables, and the ways through `c.env`, `c.executionCtx` and `c.event`
 * to the platform's own request.
 */

import type { Context } from 'hono'
import { hasMembers } from '../key/plain.ts'
import { noticing } from '../learn/noticing.ts'
import type { Reader } from '../learn/reads.ts'
import { added } from './added.ts'
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
  'clientInfo',
  'request',
  'response',
  'callback',
  'req',
  'node',
  'headers',
  'cookies',
  'locals',
  'clientAddress',
  'getClientAddress',
  'props',
  'access',
]

type Properties = Record<PropertyKey, unknown>

interface ContextObservation {
  /** The handler has returned, and its body may still run. */
  late(): void
  /** The body has ended. */
  end(): void
}

export function observeContext(
  c: Context,
  reader: Reader,
  { intercept, replace }: Watch,
): ContextObservation {
  /** What was set inside the observed part is the handler's own business. */
  const set = new Set<unknown>()
  let isLate = false

  // Bound: Hono's own need no `this`, but middleware above may have put functions there that do.
  const getVariable = c.get.bind(c) as (name: unknown) => unknown
  const setVariable = c.set.bind(c) as (name: unknown, value: unknown) => void
  const readVariable = (name: unknown): unknown => {
    const value = getVariable(name)
    if (set.has(name)) return value
    if (typeof name === 'string') return reader.variable(name, value)
    reader.refuse('variable', unnamed(name))
    return value
  }
  replace(c, 'get', { writable: true, value: readVariable })
  replace(c, 'set', {
    writable: true,
    value: (name: unknown, value: unknown) => {
      // Once the handler has returned it may be middleware above that sets it.
      if (isLate) set.delete(name)
      else set.add(name)
      setVariable(name, value)
    },
  })
  const observed = (name: string, see: (value: unknown) => unknown) => {
    intercept(c, name, {
      get: (below, isAdded) => {
        // The outermost observation has noticed that as well; one further in finds its accessor there, and no more.
        if (isAdded) reader.refuse('variable', added(`c.${name}`))
        return see(below())
      },
    })
  }
  observed('var', (all) => noticing(all as object, member, names))

  const member = (all: object, name: PropertyKey): unknown => {
    if (typeof name === 'symbol') return readVariable(name)
    const value: unknown = Reflect.get(all, name)
    // A variable whose name is no string goes by the string that it makes.
    const isUnnamed = String(Number(name)) === name || !Object.is(value, getVariable(name))
    if (!isUnnamed || set.has(name)) return readVariable(name)
    reader.refuse('variable', unnamed(name))
    return value
  }
  const names = () => {
    // Which variables there are may itself say who asks.
    reader.refuse('variable', ALL_VARIABLES)
  }

  // The platform's own request.
  const env: unknown = c.env
  const seen = watchPlatform(env, 'c.env')
  if (seen !== env) replace(c, 'env', { writable: true, value: seen })
  observed('executionCtx', (context) => watchPlatform(context, 'c.executionCtx'))
  intercept(c, 'event', {
    get: (below) => {
      reader.refuse('env', belongs('c.event'))
      return below()
    },
  })

  function watchPlatform(object: unknown, path: string): unknown {
    if (!hasMembers(object)) return object
    const leading = leadingToRequest(object)
    if (leading === 'none') return object
    // A host's own context of the request, as Astro and SvelteKit have one, has more of the caller beside it.
    const isOfRequest = path === 'c.env' && leading === 'all'
    return new Proxy(object, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (isOfRequest || REQUEST_MEMBERS.includes(name) || value instanceof Request) {
          reader.refuse('env', belongs(`${path}.${String(name)}`))
        }
        // A native method does not work on a Proxy; a function that somebody has put there has members of its own.
        return typeof value === 'function' && !Object.hasOwn(target, name) ? value.bind(target) : value
      },
      set: (target, name, value) => Reflect.set(target, name, value),
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

/**
 * Which of its members lead to the request: all where it is among them. Not asked of every member: those of Bun's server
 * and Node's messages are many, and native. What a getter gives is the app's affair, and asked when the app asks.
 */
function leadingToRequest(object: object): 'none' | 'some' | 'all' {
  try {
    const own = Object.values(Object.getOwnPropertyDescriptors(object))
    if (own.some(({ value }) => value instanceof Request)) return 'all'
    const leads =
      own.some(({ get }) => get) ||
      // Workers have it always, for who came past Cloudflare Access nothing, which says as much.
      'access' in object ||
      REQUEST_MEMBERS.some((name) => name in object && hasSomething((object as Properties)[name]))
    return leads ? 'some' : 'none'
  } catch {
    // As Next's events do when they are asked for their request, and an environment that may not be listed.
    return 'some'
  }
}

/** Workers always have `props`, mostly empty. */
const hasSomething = (value: unknown): boolean =>
  !hasMembers(value) || Object.getPrototypeOf(value) !== Object.prototype
    ? value !== undefined
    : Object.keys(value).length > 0

const belongs = (member: string): string =>
  `the route reads ${member}, which belongs to one request; set what it needs of it as a variable above cache()`
const unnamed = (name: unknown): string =>
  `the route reads the variable ${Object(name) === name ? 'of an object' : String(name)}, whose name is no string, ` +
  "so no key can cover it; give it one that is with c.set('name', value)"
const REPLACED =
  'c.get() was replaced above the route while its body still ran, so nobody can see what is read of it'
const ALL_VARIABLES =
  "the route reads all context variables at once (c.var); read single ones with c.get('name')"
