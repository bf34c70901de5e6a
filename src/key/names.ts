/** Lists of names, of inputs or of scopes, in which each stands once. */

/** Both without repetition: the first in its order, then what the second adds. */
export function union(first: readonly string[], second: readonly string[]): readonly string[] {
  const added = second.filter((item, at) => !first.includes(item) && second.indexOf(item) === at)
  return added.length > 0 ? [...first, ...added] : first
}

/** What of the first is not in the second. */
export const without = (first: readonly string[], second: readonly string[]): readonly string[] =>
  first.filter((item) => !second.includes(item))
