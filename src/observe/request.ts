/**
 * Observes what a route reads of its request, through `c.req` and through the Request itself.
 *
 * The handler sees the true request; only the ways to it are watched. What native code copies from inside a Request
 * (`fetch(c.req.raw)`, `new Request(c.req.raw)`) calls nothing that could be watched: so taking `c.req.raw` counts as
 * handing it on whole, unless one of its headers, its signal or its body is read next. Not its `url`: that is what a
 * proxy reads before it hands the request on.
 */

import type { Context } from 'hono'
import type { Reader } from '../learn/reads.ts'
import { added, observeAddedToRaw } from './added.ts'
import { allHeaders, observeHeaders } from './headers.ts'
import type { Accessor } from './intercept.ts'
import { hasKeyedBody, observeValidated } from './validated.ts'
import type { Watch } from './watch.ts'

interface RequestObservation {
  /** The handler has returned: `c.req` stands for that request from now on. */
  returned(request: Request): void
  /** Nothing can be read of the request any more that was taken before. */
  end(): void
}

/** Whoever reads one of these took the request for its sake, and does not hand it on. */
const OWN_PURPOSES = ['signal', 'body', 'bodyUsed']
/** The same; methods. */
const BODY_READERS = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData']

/** Those of `c.req`. */
const HONO_BODY_READERS = [...BODY_READERS, 'parseBody']

type Method = (...args: unknown[]) => unknown

/** What is assigned goes to where it would have gone. */
const pass: NonNullable<Accessor['set']> = (value, below) => below(value)

export function observeRequest(
  c: Context,
  request: Request,
  reader: Reader,
  watch: Watch,
): RequestObservation {
  const { watching, unobserved } = reader
  const { intercept } = watch
  const { req } = c
  let view = request
  /** What the handler has put in the place of `c.req.raw`. */
  let own: { readonly request: unknown; leave(): void } | undefined
  let isLate = false
  /** `c.req.raw` was taken and nothing of it has been read yet. */
  let taken = false

  const whole = () => reader.refuse('raw-request', WHOLE)

  // Through Hono, whose own members use `raw`.
  function member(name: string, see: Accessor['get'], set?: Accessor['set']): void {
    const get: Accessor['get'] = (below, isAdded) => {
      if (isAdded) reader.refuse('variable', added(`c.req.${name}`))
      return see(below, isAdded)
    }
    intercept(req, name, set ? { get, set } : { get })
  }
  function method(name: string, observed: (found: Method) => Method): void {
    const see: Accessor['get'] = (below) => {
      const found = below()
      return typeof found === 'function' ? observed(found.bind(req)) : found
    }
    member(name, see, pass)
  }
  for (const name of ['url', 'method']) member(name, (below) => unobserved(below))
  method('header', (header) => (name) => {
    name ? reader.header(String(name)) : allHeaders(reader)
    return unobserved(() => header(name))
  })
  const validatedHere = new Set<unknown>()
  method('addValidatedData', (add) => (target, data) => {
    // A validator below: what it read has been noticed.
    validatedHere.add(target)
    return add(target, data)
  })
  method('valid', (valid) => (target) => {
    const data = valid(target)
    if (!watching() || validatedHere.has(target)) return data
    return observeValidated(target, data, view, reader)
  })
  if (hasKeyedBody(view)) {
    // Reading it through Hono says nothing new.
    const aside =
      (read: Method): Method =>
      (...args) =>
        unobserved(() => read(...args))
    for (const name of HONO_BODY_READERS) method(name, aside)
  }

  // The Request itself.
  intercept(req, 'raw', {
    get: () => {
      if (own) return own.request
      if (watching()) {
        if (taken) whole()
        reader.raw()
        watchMembers(view)
        taken = true
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
        own = request === view ? undefined : { request, leave: () => below(request) }
      }
    },
  })

  const watched = new Set<Request>()
  function watchMembers(request: Request): void {
    if (watched.has(request)) return
    watched.add(request)
    observeAddedToRaw(request, reader, watch)
    if (!Object.isExtensible(request)) {
      whole()
      return
    }
    // It depends on the type that the body is said to have, also where there is none.
    const typed = () => {
      if (!hasKeyedBody(request)) reader.header('content-type')
    }
    const notes: Readonly<Record<string, () => void>> = {
      signal: reader.signal,
      blob: typed,
      formData: typed,
      clone: whole,
      cf: () => reader.refuse('cf', CF),
    }
    const noted = (note?: () => void) => {
      if (!watching()) return
      taken = false
      note?.()
    }
    // Node's adapter makes a whole request for most of these, of all its headers: it reads them, and not the route.
    const see =
      (name: string): Accessor['get'] =>
      (below) => {
        noted(notes[name])
        const read = unobserved(below)
        if (typeof read !== 'function' || !watching()) return read
        return function (this: unknown, ...args: unknown[]) {
          return unobserved(() => read.apply(this, args))
        }
      }
    for (const name of OWN_PURPOSES) intercept(request, name, { get: see(name) })
    for (const name of [...BODY_READERS, 'clone']) intercept(request, name, { get: see(name), set: pass })
    if ('cf' in request) intercept(request, 'cf', { get: see('cf'), set: pass })
    let headers: Headers | undefined
    let isReached = false
    intercept(request, 'headers', {
      get: (below) => {
        isReached = true
        noted()
        // A class of another host may ask members of its own for them.
        const all = unobserved(below) as Headers
        if (!watching()) return all
        headers ??= observeHeaders(all, reader)
        return headers
      },
    })
    // A Proxy may give what it was given before, as h3's does.
    void request.headers
    if (!isReached) whole()
  }

  function read(): void {
    if (taken) whole()
    taken = false
  }

  return {
    returned(request) {
      read()
      isLate = true
      view = request
    },
    end() {
      read()
      // A body that nobody copies may read it yet.
      if (isLate) own?.leave()
    },
  }
}

const WHOLE =
  'the route hands the whole request on (c.req.raw), or reads its url or method there; take c.req.url, c.req.method and ' +
  "single headers, c.req.header('name'), or set autoVary: false if what answers it sets Vary"
const CF = "the request's cf differs from caller to caller; set what the route needs as a variable above"
