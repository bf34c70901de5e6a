/**
 * Observes what a route reads of its request, through `c.req` and through the Request itself.
 *
 * The handler sees the true request; only the ways to it are watched. What native code copies from inside a Request
 * (`fetch(c.req.raw)`, `new Request(c.req.raw)`) calls nothing that could be watched: so taking `c.req.raw` counts as
 * handing it on whole, unless one of its headers, its signal or its body is read next. Not its `url`: that is what a
 * proxy reads before it hands the request on.
 */

import type { Context } from 'hono'
import type { Accessor } from './intercept.ts'
import { noticing } from './noticing.ts'
import { added, type Reader } from './reads.ts'
import type { Watch } from './watch.ts'

export interface RequestObservation {
  /** The handler has returned: `c.req` stands for that request from now on. */
  returned(request: Request): void
  /** Nothing can be read of the request any more that was taken before. */
  end(): void
}

/** Members whose reading tells that the request was taken for their sake, and not to be handed on. */
const ENDS_IN_ITSELF = ['signal', 'body', 'bodyUsed']
/** The same; methods. */
const METHODS = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData']

/** Of Hono's. */
const BODY_READERS = [...METHODS, 'parseBody']

type Method = (...args: unknown[]) => unknown

export function observeRequest(
  c: Context,
  request: Request,
  reader: Reader,
  { watching, intercept, replace, unobserved }: Watch,
): RequestObservation {
  const { req } = c
  const members = req as unknown as Record<string, Method>
  const prototype = Object.getPrototypeOf(req) as Record<string, Method>
  let view = request
  /** What the handler has put in the place of `c.req.raw`. */
  let own: Request | undefined
  let isLate = false
  /** `c.req.raw` was taken and nothing of it has been read yet. */
  let taken = false

  const method = (name: string, value: Method) => replace(req, name, { writable: true, value })
  const allHeaders = () => reader.refuse('all-headers', ALL_HEADERS)
  const whole = () => reader.refuse('raw-request', WHOLE)

  // Through Hono.
  const { header } = members
  method('header', (name) => {
    if (watching()) name ? reader.header(String(name)) : allHeaders()
    return unobserved(() => header!.call(req, name))
  })
  for (const name of ['url', 'method']) {
    // Hono's own use `raw`.
    const get: Accessor['get'] = (below, isAdded) => {
      if (isAdded && watching()) reader.refuse('variable', added(`c.req.${name}`))
      return unobserved(below)
    }
    intercept(req, name, { get })
  }
  const validatedHere = new Set<unknown>()
  method('addValidatedData', (target, data) => {
    // A validator below: what it read has been noticed.
    validatedHere.add(target)
    return prototype.addValidatedData!.call(req, target, data)
  })
  method('valid', (target) => {
    const data = prototype.valid!.call(req, target)
    return watching() && !validatedHere.has(target) ? validated(target, data) : data
  })
  if (view.method !== 'GET' && view.method !== 'HEAD') {
    // The body is part of the key: reading it through Hono says nothing new.
    for (const name of BODY_READERS) {
      const read = members[name]!
      method(name, (...args) => unobserved(() => read.apply(req, args)))
    }
  }

  /** A validator above saw the request whole, cookies that `vary.cookies` hides from the handler included. */
  function validated(target: unknown, data: unknown): unknown {
    if (target === 'cookie' && data !== undefined) reader.allCookies()
    if (target !== 'header' || typeof data !== 'object' || data === null) return data
    // Only a header as it was sent can be named; a schema may have made something else of it, or of its absence.
    const headers = unobserved(() => view.headers)
    const note = (all: object, name: PropertyKey): void => {
      if (!watching() || typeof name !== 'string' || (name in all && !Object.hasOwn(all, name))) return
      const value: unknown = Reflect.get(all, name)
      if (value !== undefined && isFieldName(name) && headers.get(name) === value) reader.header(name)
      else allHeaders()
    }
    return noticing(data, note, () => {
      if (watching()) allHeaders()
    })
  }

  // The Request itself.
  intercept(req, 'raw', {
    get: () => {
      if (own) return own
      if (watching()) {
        if (taken) whole()
        taken = true
        reader.raw()
        watchMembers(view)
      }
      return view
    },
    set: (request, below) => {
      if (isLate) {
        // By middleware above, for what comes after it: it stays. A body that still runs reads that, and is watched.
        below(request)
        view = request as Request
        own = undefined
      } else {
        // The handler has made one of its own, from what it read, or takes that back.
        own = request === view ? undefined : (request as Request)
      }
    },
  })

  const watched = new Set<Request>()
  function watchMembers(request: Request): void {
    if (watched.has(request)) return
    watched.add(request)
    if (!Object.isExtensible(request)) {
      whole()
      return
    }
    const get =
      (note?: () => void): Accessor['get'] =>
      (below) => {
        if (watching()) {
          taken = false
          note?.()
        }
        return below()
      }
    const set: Accessor['set'] = (value, below) => below(value)
    for (const name of ENDS_IN_ITSELF) intercept(request, name, { get: get() })
    for (const name of METHODS) intercept(request, name, { get: get(), set })
    intercept(request, 'clone', { get: get(whole), set })
    if ('cf' in request) intercept(request, 'cf', { get: get(() => reader.refuse('cf', CF)), set })
    let headers: Headers | undefined
    const note = get()
    intercept(request, 'headers', {
      get: (below, isOwn) => {
        const all = note(below, isOwn) as Headers
        if (!watching()) return all
        headers ??= watchHeaders(all)
        return headers
      },
    })
  }

  /** A Headers that native code cannot look into: to copy it, it must ask, as JavaScript does. */
  function watchHeaders(headers: Headers): Headers {
    return new Proxy(headers, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (typeof value !== 'function') {
          if (name !== Symbol.toStringTag && watching()) allHeaders()
          return value
        }
        if (name === 'get' || name === 'has') {
          return (field: string) => {
            if (watching()) reader.header(String(field))
            return value.call(target, field)
          }
        }
        if (name !== 'constructor' && watching()) allHeaders()
        return value.bind(target)
      },
    })
  }

  function end(): void {
    if (taken) whole()
    taken = false
  }

  return {
    returned(request) {
      end()
      isLate = true
      view = request
    },
    end,
  }
}

const isFieldName = (name: string): boolean => /^[!#$%&'*+\-.^`|~\w]+$/.test(name)

const ALL_HEADERS =
  "the route reads all request headers at once; read those it needs with c.req.header('name')"
const WHOLE =
  'the route hands the whole request on (c.req.raw); read what it needs with ' +
  "c.req.header('name') and c.req.url, or set autoVary: false if what it hands it to sets Vary"
const CF =
  "the request's cf differs from caller to caller; set what the route needs of it as a plain variable above"
