/**
 * What the class of a request adds to the platform's, where its host has one of its own, as Next.js and srvx do: who asks
 * and from where, past all headers.
 */

/** By their names, with the prototype that each belongs to. */
export function hostMembers(request: Request): Map<string, object> {
  const members = new Map<string, object>()
  let at: object | null = Object.getPrototypeOf(request)
  while (at && at !== Request.prototype) {
    for (const name of Object.getOwnPropertyNames(at))
      if (!(name in Request.prototype) && !members.has(name)) members.set(name, at)
    at = Object.getPrototypeOf(at)
  }
  return members
}
