/**
 * Plain values as text: one text for each value, whatever the order in which its members were set. What is not
 * plain (a class instance, a function, a client, a stream) has no text: it is a dependency and not an input.
 */

const DEEPEST = 64

/**
 * A copy of what has a text, which later changes to the original do not reach.
 *
 * @param shared the members of an object that are left as they are
 */
export function plainCopy<Value>(value: Value, shared: readonly string[] = []): Value {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => plainCopy(item)) as Value
  // A spread and no assignments: a member named `__proto__` stays one. Behind it, assigning to it is safe.
  const copy = Object.getPrototypeOf(value) === null ? { __proto__: null, ...value } : { ...value }
  const members = copy as Record<string, unknown>
  for (const name of Object.keys(members)) {
    if (!shared.includes(name)) members[name] = plainCopy(members[name])
  }
  return copy as Value
}

/** The text of a plain value or a plain tree of them; `undefined` where it is none. */
export function plainText(value: unknown, depth = 0): string | undefined {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    case 'boolean':
    case 'undefined':
      return String(value)
    case 'object':
      return value === null ? 'null' : treeText(value, depth)
    default:
      return undefined
  }
}

function treeText(tree: object, depth: number): string | undefined {
  // Also the end of a tree that holds itself.
  if (depth >= DEEPEST) return undefined
  const members: string[] = []
  if (Array.isArray(tree)) {
    if (!isPlainArray(tree)) return undefined
    for (const item of tree) {
      const text = plainText(item, depth + 1)
      if (text === undefined) return undefined
      members.push(text)
    }
    return `[${members.join()}]`
  }
  if (!isPlainObject(tree)) return undefined
  for (const name of Object.keys(tree).sort()) {
    const text = plainText((tree as Record<string, unknown>)[name], depth + 1)
    if (text === undefined) return undefined
    members.push(`${JSON.stringify(name)}:${text}`)
  }
  return `{${members.join()}}`
}

/** An array of whatever realm and of no subclass, with its items and nothing else on it. */
const isPlainArray = (value: readonly unknown[]): boolean =>
  Object.hasOwn(Object.getPrototypeOf(value), 'concat') && Reflect.ownKeys(value).length === value.length + 1

/**
 * An object literal, of whatever realm: a getter, a symbol or a hidden member in it would be an input that its text
 * leaves out.
 */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false
  if (prototype !== null && !Object.hasOwn(prototype, 'isPrototypeOf')) return false
  if (Object.getOwnPropertySymbols(value).length > 0) return false
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    (property) => 'value' in property && property.enumerable,
  )
}
