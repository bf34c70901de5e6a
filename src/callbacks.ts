/**
 * What the app's own functions give. They are synchronous, but nothing keeps JavaScript from handing over an `async` one:
 * its promise is truthy whatever it resolves to, and ends a Node process where it rejects and nobody listens.
 */

/** Whether it is a promise, which then rejects unheard. */
export function isUnheard(result: unknown): boolean {
  if (!(result instanceof Promise)) return false
  result.catch(() => {})
  return true
}

/** @throws {TypeError} for a promise, where a value is due at once */
export function atOnce<T>(value: T): T {
  if (isUnheard(value)) throw new TypeError('a promise where a value is due')
  return value
}
