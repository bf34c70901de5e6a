/** Observes what middleware above has put on the Context, on its request or on the Request itself, past `c.set()`. */

import type { Context } from 'hono'
import type { Reader } from '../learn/reads.ts'
import { hostMembers } from '../request/host-members.ts'
import { STATE } from '../state.ts'
import { INTERCEPTED, isIntercepted } from './intercept.ts'
import type { Watch } from './watch.ts'

export function observeAdded(c: Context, reader: Reader, watch: Watch): void {
  const known = membersOfNew(c)
  for (const [target, path, names] of [
    [c, 'c', known.context],
    [c.req, 'c.req', known.request],
  ] as const) {
    for (const name of Reflect.ownKeys(target))
      if (!names.has(name) && !isTracing(name)) watchAdded(target, name, path, reader, watch)
  }
}

/**
 * What Sentry notes there, which a handler that it has wrapped reads: that the request is under way, and how to name its
 * span. It says nothing of the caller, as the ids of a trace do not.
 */
const isTracing = (name: PropertyKey): boolean =>
  typeof name === 'symbol' && Symbol.keyFor(name)?.startsWith('sentry.hono.') === true

/** By their names alone: its platform may have put members of its own there under symbols. */
export function observeAddedToRaw(request: Request, reader: Reader, watch: Watch): void {
  for (const name of Object.getOwnPropertyNames(request))
    if (!(name in Request.prototype)) watchAdded(request, name, 'c.req.raw', reader, watch)
  for (const [name, at] of hostMembers(request))
    if (!Object.hasOwn(request, name)) watchAdded(request, name, 'c.req.raw', reader, watch, at)
}

/** @param at what has the member: the target, or a prototype of it */
function watchAdded(
  target: object,
  name: PropertyKey,
  path: string,
  reader: Reader,
  { replace }: Watch,
  at = target,
): void {
  const property = Object.getOwnPropertyDescriptor(at, name)!
  // An observation further out has put it there.
  if (isIntercepted(name, property)) return
  const { value, writable, get, set } = property
  replace(target, name, {
    get() {
      reader.refuse('variable', added(memberName(path, name)))
      // A host's own may ask other members for it, as Bun's cookies ask the headers, which must be its own.
      return get ? reader.unobserved(() => get.call(this)) : value
    },
    ...(set && { set: (value: unknown) => set.call(target, value) }),
    ...(writable && {
      set: (value: unknown) => {
        Object.defineProperty(target, name, { value, writable, enumerable: true, configurable: true })
      },
    }),
  })
}

interface Members {
  readonly context: ReadonlySet<PropertyKey>
  readonly request: ReadonlySet<PropertyKey>
}

const known = new WeakMap<object, Members>()

/** What an instance of that class, and its request, have when they are new, and what we put there. */
function membersOfNew(c: Context): Members {
  const Class = (Object.getPrototypeOf(c) as Context).constructor as new (request: Request) => Context
  let members = known.get(Class)
  if (!members) {
    const fresh = new Class(new Request('http://localhost/'))
    const ours = [STATE, INTERCEPTED]
    members = {
      context: new Set([...ours, ...Reflect.ownKeys(fresh)]),
      request: new Set([...ours, ...Reflect.ownKeys(fresh.req)]),
    }
    known.set(Class, members)
  }
  return members
}

/** How a member is written. */
export const memberName = (of: string, name: PropertyKey): string =>
  typeof name === 'symbol' ? `${of}[${String(name)}]` : `${of}.${String(name)}`

export const added = (member: string): string =>
  `the route reads ${member}, which was put there past c.set(), so no key can cover it`
