/**
 * Plain values as text: one text for each value, and none for what is not plain (a class instance, a function, a client,
 * a stream), which is a dependency and not an input.
 */

const DEEPEST = 64

/** Whether a value is an object, be it an array or an instance of a class. */
export const hasMembers = (value: unknown): value is object => typeof value === 'object' && value !== null

/**
 * A copy of what has a text, which later changes to the original do not reach.
 *
 * @param shared the members of an object that are left as they are
 */
export function plainCopy<Value>(value: Value, shared: readonly string[] = []): Value {
  if (!hasMembers(value)) return value
  if (Array.isArray(value)) return value.map((item) => plainCopy(item)) as Value
  // A spread and no assignments: a member named `__proto__` stays one. Behind it, assigning to it is safe.
  const copy = Object.getPrototypeOf(value) === null ? { __proto__: null, ...value } : { ...value }
  const members = copy as Record<string, unknown>
  for (const name of Object.keys(members)) {
    if (!shared.includes(name)) members[name] = plainCopy(members[name])
  }
  return copy as Value
}

/**
 * The text of a plain value or a plain tree of them; `undefined` where it is none. The order in which members were set is
 * a part of the value, as it is to `JSON.stringify()`. Never throws: a container that makes its members when they are
 * read, as that of awilix does, may.
 */
export function plainText(value: unknown): string | undefined {
  try {
    return textOf(value, Object.keys)
  } catch {
    return undefined
  }
}

/** The same, whatever the order in which members were set: that of arguments, which are taken by their names. */
export const argumentText = (value: unknown): string | undefined =>
  textOf(value, (tree) => Object.keys(tree).sort())

type NamesOf = (tree: object) => string[]

function textOf(value: unknown, namesOf: NamesOf, depth = 0): string | undefined {
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
      return value === null ? 'null' : treeText(value, namesOf, depth)
    default:
      return undefined
  }
}

function treeText(tree: object, namesOf: NamesOf, depth: number): string | undefined {
  // Also the end of a tree that holds itself.
  if (depth >= DEEPEST) return undefined
  const isArray = Array.isArray(tree)
  if (!(isArray ? isPlainArray(tree) : isPlainObject(tree))) return undefined
  const members: string[] = []
  for (const name of isArray ? tree.keys() : namesOf(tree)) {
    const text = textOf((tree as Record<PropertyKey, unknown>)[name], namesOf, depth + 1)
    if (text === undefined) return undefined
    members.push(isArray ? text : `${JSON.stringify(name)}:${text}`)
  }
  return isArray ? `[${members.join()}]` : `{${members.join()}}`
}

/** An array of whatever realm and of no subclass, with its items and nothing else on it. */
const isPlainArray = (value: readonly unknown[]): boolean =>
  Object.hasOwn(Object.getPrototypeOf(value), 'concat') && Reflect.ownKeys(value).length === value.length + 1

/** Whether an object has the prototype of a literal, of whatever realm, or none. */
export function isOfNoClass(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null) return true
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf')
}

/**
 * An object literal, of whatever realm: a getter, a symbol or a hidden member in it would be an input that its text
 * leaves out.
 */
export function isPlainObject(value: object): boolean {
  if (!isOfNoClass(value)) return false
  if (Object.getOwnPropertySymbols(value).length > 0) return false
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    (property) => 'value' in property && property.enumerable,
  )
}
