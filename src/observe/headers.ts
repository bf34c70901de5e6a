/** Observes what a route reads of a Headers. */

import type { Reader } from '../learn/reads.ts'

/** A Headers that native code cannot look into: to copy it, it must ask, as JavaScript does. */
export function observeHeaders(headers: Headers, reader: Reader): Headers {
  // Node asks what a Proxy stands around how to print it, and calls that on the Proxy, which lacks its private members.
  const print: unknown = Reflect.get(headers, PRINT)
  if (typeof print === 'function') {
    const value = (...args: unknown[]) => {
      allHeaders(reader)
      return print.apply(headers, args)
    }
    Reflect.defineProperty(headers, PRINT, { configurable: true, value })
  }
  return new Proxy(headers, {
    get(target, name) {
      if (name === 'get' || name === 'has') {
        return (field: string) => {
          reader.header(String(field))
          return target[name](field)
        }
      }
      if (name !== 'constructor' && name !== Symbol.toStringTag) allHeaders(reader)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

const PRINT = Symbol.for('nodejs.util.inspect.custom')

export const allHeaders = (reader: Reader): void => reader.refuse('all-headers', ALL_HEADERS)

const ALL_HEADERS =
  "the route reads all request headers at once; read single headers with c.req.header('name'), put what needs them " +
  'all (a validator of headers, authentication, tracing) above cache(), or set autoVary: false if what answers it sets Vary'
