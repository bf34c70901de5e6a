/**
 * Copies of a request: to change, or to run a route with once more.
 *
 * Made of the whole and not of its parts: on Workers a copy keeps `cf`. And made of a clone: the request of Node's
 * adapter is one that the platform's own Request cannot look into (`overrideGlobalObjects: false`), its clone never is.
 */

import { hostMembers } from './host-members.ts'

/**
 * @param withMembers whether the copy has what the class of the request adds to the platform's, which may show all its
 *   cookies
 */
export function copyOf(request: Request, init: RequestInit = {}, withMembers = true): Request {
  const copy = request.bodyUsed
    ? copyOfUsed(request, init)
    : madeOf(request.clone(), { ...signalOf(request), ...init })
  // What middleware above or the app's host has put on it, of which the platform knows nothing.
  for (const name of Object.getOwnPropertyNames(request)) {
    const property = Object.getOwnPropertyDescriptor(request, name)!
    if (!('value' in property) || name in init) continue
    const { value } = property
    Object.defineProperty(copy, name, {
      ...property,
      value: name === 'headers' ? new Headers(value) : value,
    })
  }
  if (withMembers)
    for (const name of hostMembers(request).keys()) if (!(name in copy)) handOn(request, name, copy)
  return copy
}

/** To be handed on by itself: what leads from it to the signal of a clone, Node may collect before the client has gone. */
const signalOf = ({ signal }: Request): RequestInit => (signal instanceof AbortSignal ? { signal } : {})

/** Asked of the request when somebody asks the copy: it knows what its class does not tell. */
function handOn(request: Request, name: string, copy: Request): void {
  const get = () => {
    const value: unknown = Reflect.get(request, name)
    return typeof value === 'function' ? value.bind(request) : value
  }
  Object.defineProperty(copy, name, { configurable: true, get })
}

/** A validator above has read the body through Hono, which keeps it: nothing can be cloned, and nobody asks for it. */
function copyOfUsed(request: Request, init: RequestInit): Request {
  const copy = madeOf(request, { ...init, body: new Uint8Array() })
  void copy.arrayBuffer()
  return copy
}

/** By its parts where the platform cannot look into it: it is of another class, or a Proxy, as Next.js gives. */
function madeOf(request: Request, init: RequestInit): Request {
  try {
    return new Request(request, init)
  } catch {
    const { url, method, headers, body } = request
    return new Request(url, {
      method,
      headers: new Headers(headers),
      ...(body && { body, duplex: 'half' }),
      ...signalOf(request),
      ...init,
    })
  }
}
