/**
 * A memory of what was worked out lately, so that it need not be worked out again. It is bounded: the oldest makes room,
 * however often it was used, because to keep the order of use costs each hit as much as the memory saves. What it gives
 * is what the work would give, or nothing; no answer depends on it.
 */

export interface Recent<Value> {
  get(name: string): Value | undefined
  set(name: string, value: Value): void
}

const MOST_CHARACTERS = 2_048

/** @param most how many names are kept; one that is longer than 2,048 characters is not */
export function createRecent<Value>(most: number): Recent<Value> {
  const values = new Map<string, Value>()
  return {
    get: (name) => values.get(name),
    set(name, value) {
      if (name.length > MOST_CHARACTERS) return
      values.set(name, value)
      if (values.size > most) values.delete(values.keys().next().value!)
    },
  }
}
