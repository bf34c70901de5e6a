/**
 * Copies of a request: to change, or to run a route with once more.
 *
 * Made of the whole and not of its parts: on Workers a copy keeps `cf`. And made of a clone: the request of Node's
 * adapter is one that the platform's own Request cannot look into (`overrideGlobalObjects: false`), its clone never is.
 */

export function copyOf(request: Request, init: RequestInit = {}): Request {
  const copy = request.bodyUsed ? copyOfUsed(request, init) : new Request(request.clone(), init)
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
  return copy
}

/** A validator above has read the body through Hono, which keeps it: nothing can be cloned, and nobody asks for it. */
function copyOfUsed(request: Request, init: RequestInit): Request {
  const body = new Uint8Array()
  let copy: Request
  try {
    copy = new Request(request, { ...init, body })
  } catch {
    const { url, method, headers, signal } = request
    copy = new Request(url, { method, headers, signal, ...init, body })
  }
  void copy.arrayBuffer()
  return copy
}
