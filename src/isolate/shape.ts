/**
 * What this isolate remembers of the shape of a key: which inputs its variants depend on, and which scopes its handler
 * added. Remembered for recent keys only. The memory is a guess that saves look-ups; no answer depends on it.
 */

import { boundedMap, bytesOfTexts } from '../store/bounded-map.ts'

export interface Shape {
  readonly inputs: readonly string[]
  readonly scopes: readonly string[]
}

/** Shapes of recent keys, by the name of their entry; the least recently used is forgotten first. */
export interface Shapes {
  get(name: string): Shape
  set(name: string, shape: Shape): void
}

const PLAIN: Shape = { inputs: [], scopes: [] }
const MOST_SHAPES = 10_000
/** A response may have 64 tags, and a stranger may ask for any number of URLs. */
const MOST_BYTES = 8 * 1024 * 1024

export function createShapes(): Shapes {
  const shapes = boundedMap<Shape>(MOST_BYTES, MOST_SHAPES)
  return {
    get: (name) => shapes.get(name) ?? PLAIN,
    set(name, shape) {
      const { inputs, scopes } = shape
      // A plain key has nothing to remember.
      if (inputs.length === 0 && scopes.length === 0) shapes.delete(name)
      else shapes.set(name, shape, bytesOfTexts(name, ...inputs, ...scopes))
    },
  }
}
