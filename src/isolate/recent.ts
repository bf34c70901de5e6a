/**
 * What an isolate remembers by name, bounded: what was set longest ago makes room, however often it was used, because to
 * keep the order of use costs each hit as much as such a memory saves. No answer depends on it.
 */

export interface Recent<Value> {
  get(name: string): Value | undefined
  set(name: string, value: Value): void
  delete(name: string): void
}

const MOST_CHARACTERS = 2_048

/** @param most how many names are kept; one that is longer than 2,048 characters is not */
export function createRecent<Value>(most: number): Recent<Value> {
  const values = new Map<string, Value>()
  return {
    get: (name) => values.get(name),
    set(name, value) {
      if (name.length > MOST_CHARACTERS) return
      values.delete(name)
      // Written anew: in some engines a part of a string holds on to the whole, as a head would to the body behind it.
      values.set(JSON.parse(JSON.stringify(name)), value)
      if (values.size > most) values.delete(values.keys().next().value!)
    },
    delete: (name) => void values.delete(name),
  }
}
