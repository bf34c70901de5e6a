/**
 * What this isolate remembers of the shape of a key: which inputs its variants depend on, and which scopes its handler
 * added. Remembered for recent keys only. The memory is a guess that saves look-ups; no answer depends on it.
 */

import { createRecent } from './recent.ts'

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

export function createShapes(): Shapes {
  const shapes = createRecent<Shape>(MOST_SHAPES)
  return {
    get(name) {
      const shape = shapes.get(name)
      if (!shape) return PLAIN
      shapes.set(name, shape)
      return shape
    },
    set(name, shape) {
      // A plain key has nothing to remember.
      if (shape.inputs.length === 0 && shape.scopes.length === 0) shapes.delete(name)
      else shapes.set(name, shape)
    },
  }
}
