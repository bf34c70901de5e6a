/** Lists of names, of inputs or of scopes, in which each stands once. */

// With sets: a stranger, or an origin, may bring thousands of names.

/** Both without repetition: the first in its order, then what the second adds. */
export function union(first: readonly string[], second: readonly string[]): readonly string[] {
  if (second.length === 0) return first
  const known = new Set(first)
  const added = second.filter((item) => !known.has(item) && known.add(item))
  return added.length > 0 ? [...first, ...added] : first
}

/** What stands behind a prefix, in those that begin with it. */
export const behind = (prefix: string, names: readonly string[]): readonly string[] =>
  names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))

/** What of the first is not in the second. */
export function without(first: readonly string[], second: readonly string[]): readonly string[] {
  const others = new Set(second)
  return first.filter((item) => !others.has(item))
}
