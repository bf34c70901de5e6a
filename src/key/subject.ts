/** What is asked for, and the variants that learned inputs make of it. */

import { entryName } from '../store/scope.ts'
import { type Input, variantText } from './canonical.ts'
import { md5 } from './md5.ts'

/** What is asked for: one request, or one call of a memo, described. */
export interface Subject {
  readonly namespace: string
  readonly key: string
  /** The name of its entry, or of the record of its variants. */
  readonly name: string
  /** The canonical text that the key stands for. */
  readonly text: string
  /** The scopes of the request itself. */
  readonly scopes: readonly string[]
  /**
   * The value that a learned input has in this request; `undefined` where that cannot be keyed.
   *
   * @param among all inputs that are asked for: what one of them means may depend on the others
   */
  valueOf(input: string, among: readonly string[]): string | null | undefined
}

/** The name and the text of one of its variants. */
export type Variant = Pick<Subject, 'name' | 'text'>

/**
 * The entry of a subject among the variants that these inputs make; `null` where one of them cannot be keyed. The
 * names are sorted, so the text is one.
 */
export function variantOf(subject: Subject, inputs: readonly string[]): Variant | null {
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
export function nameOf(subject: Subject, recorded: readonly string[]): string {
  const variant = recorded.length > 0 ? variantOf(subject, recorded) : null
  return variant?.name ?? subject.name
}
