/**
 * What is asked for, and what this isolate remembers of its shape: which inputs a key's variants depend on, and
 * which scopes its handler added. Remembered for recent keys only. The memory is a guess that saves look-ups; no
 * answer depends on it.
 */

import { type Input, variantText } from '../key/canonical.ts'
import { md5 } from '../key/md5.ts'
import { entryName } from '../store/scope.ts'

/** What is asked for: one request, described. */
export interface Subject {
  readonly namespace: string
  readonly key: string
  /** The name of its entry, or of the record of its variants. */
  readonly name: string
  /** The canonical text that the key stands for. */
  readonly text: string
  /** The scopes of the request itself. */
  readonly scopes: readonly string[]
  /** The value that a learned input has in this request, `among` all that are asked for; `undefined` where it has one that cannot be keyed. */
  valueOf(input: string, among: readonly string[]): string | null | undefined
}

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
  const shapes = new Map<string, Shape>()
  return {
    get(name) {
      const shape = shapes.get(name)
      if (!shape) return PLAIN
      shapes.delete(name)
      shapes.set(name, shape)
      return shape
    },
    set(name, shape) {
      shapes.delete(name)
      // A plain key has nothing to remember.
      if (shape.inputs.length === 0 && shape.scopes.length === 0) return
      shapes.set(name, shape)
      if (shapes.size > MOST_SHAPES) shapes.delete(shapes.keys().next().value!)
    },
  }
}

/**
 * The entry of a subject among the variants that these inputs make; `null` where one of them cannot be keyed. The
 * names are sorted, so the text is one.
 */
export function variantOf(
  subject: Subject,
  inputs: readonly string[],
): { name: string; text: string } | null {
  const values: Input[] = []
  for (const input of inputs) {
    const value = subject.valueOf(input, inputs)
    if (value === undefined) return null
    values.push([input, value])
  }
  const text = variantText(subject.text, values)
  return { name: entryName(subject.namespace, md5.hex(text)), text }
}

/** The name of the entry that a request will find, as far as the record told what it depends on. */
export function nameOf(subject: Subject, recorded: readonly string[] = []): string {
  const variant = recorded.length > 0 ? variantOf(subject, recorded) : null
  return variant?.name ?? subject.name
}

/** Both without repetition: the first in their order, then what the second adds. */
export function union(first: readonly string[], second: readonly string[]): readonly string[] {
  const added = second.filter((item, at) => !first.includes(item) && second.indexOf(item) === at)
  return added.length > 0 ? [...first, ...added] : first
}

/** What of the first is not in the second. */
export const without = (first: readonly string[], second: readonly string[]): readonly string[] =>
  first.filter((item) => !second.includes(item))
