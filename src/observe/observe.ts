/**
 * Observes what the rest of a route reads, through the Context and the request that it is given, until its response is
 * whole: at once where the handler's response is known to have no more to read, else when its body has ended.
 */

import type { Context } from 'hono'
import { BODILESS } from '../body.ts'
import { fixed, type Reader } from '../learn/reads.ts'
import { memberName, observeAdded } from './added.ts'
import { observeContext } from './context.ts'
import { observeRequest } from './request.ts'
import { createWatch } from './watch.ts'

interface Observation {
  /** Nothing has answered, and Hono has made an empty response of that. */
  gaveNothing(): boolean
  /**
   * The handler has returned. `true`: its body is complete and all is put back; `false`: its body may still read,
   * so observation goes on, over the true request, until `end()`.
   */
  returned(request: Request): boolean
  /** Puts everything back. */
  end(): void
}

export function observe(c: Context, request: Request, reader: Reader): Observation {
  const { req } = c
  const watch = createWatch((target, name) => {
    const path = target === c ? 'c' : target === req ? 'c.req' : 'c.req.raw'
    reader.refuse('variable', fixed(memberName(path, name)))
  })
  /** Responses whose body is there already: nothing of them can read late. `false`: what Hono has made of nothing. */
  const made = new Map<unknown, boolean>()
  let given: boolean | undefined
  const add = (response: unknown) => made.set(response, true)
  observeAdded(c, reader, watch)
  const context = observeContext(c, reader, watch)
  const ofRequest = observeRequest(c, request, reader, watch)

  for (const name of ['json', 'text', 'html', 'body'] as const) {
    const respond = c[name] as (...args: unknown[]) => unknown
    watch.replace(c, name, {
      writable: true,
      value: (...args: unknown[]) => {
        const response = respond.apply(c, args)
        // Of JSX, which it first makes a text of, a promise.
        if (name === 'html' && response instanceof Promise) response.then(add, () => {})
        else if (name === 'json' || isThere(args[0])) add(response)
        return response
      },
    })
  }

  watch.intercept(c, 'res', {
    // Hono makes one for whoever asks before there is any, as it does itself in a sub-app with an `onError` of its own.
    get(below) {
      const { finalized } = c
      const response = below()
      if (!finalized) made.set(response, false)
      return response
    },
    // By what is given: where one is there already, as below `cors()`, Hono makes another, of the same body.
    set(response, below) {
      given = made.get(response)
      below(response)
    },
  })

  function end(): void {
    ofRequest.end()
    context.end()
    reader.end()
    watch.end()
  }

  return {
    gaveNothing: () => given === false,
    returned(request) {
      // Not by its `body`: once that was read, Bun no longer sends a text as one.
      if (c.finalized && (given || BODILESS.includes(c.res.status))) {
        end()
        return true
      }
      ofRequest.returned(request)
      reader.late()
      context.late()
      return false
    },
    end,
  }
}

/** Not a stream, nor anything else that a runtime may iterate. */
const isThere = (body: unknown): boolean =>
  (typeof body !== 'object' && typeof body !== 'function') ||
  body === null ||
  body instanceof ArrayBuffer ||
  ArrayBuffer.isView(body)
