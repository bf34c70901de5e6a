/**
 * What the app's own functions give. They are synchronous, but nothing keeps JavaScript from handing over an `async` one:
 * its promise is truthy whatever it resolves to, and ends a Node process where it rejects and nobody listens.
 */

/** Lets a promise reject unheard; whether it is one. */
export function silence(result: unknown): boolean {
  if (!(result instanceof Promise)) return false
  result.catch(() => {})
  return true
}

/** Calls what must not break whoever calls it: a listener, say, or the platform. */
export function tell(callback: () => unknown): void {
  try {
    silence(callback())
  } catch {}
}

/** @throws {TypeError} for a promise, where a value is due at once */
export function atOnce<T>(value: T): T {
  if (silence(value)) throw new PromiseGiven()
  return value
}

class PromiseGiven extends TypeError {
  constructor() {
    super('gave a promise; it must answer at once')
  }
}

/** What a callback did wrong. Not what it threw: that message may hold what it worked on. */
export const mistakeOf = (callback: string, cause: unknown): string =>
  cause instanceof PromiseGiven
    ? `${callback} ${cause.message}`
    : `${callback} threw ${cause instanceof Error ? cause.name : typeof cause}`
