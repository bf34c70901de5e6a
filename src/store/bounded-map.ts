/**
 * A map bounded by bytes and by names. Its order is that of use: whatever was used longest ago makes room.
 */

export interface BoundedMap<Value> {
  /** Counts as a use. */
  get(name: string): Value | undefined
  /** Keeps a value of that many bytes under the name; one that is too large on its own is not kept at all. */
  set(name: string, value: Value, bytes: number): void
  delete(name: string): void
}

/** Of one name: its place in the map, the record, the heads of two strings. Measured on V8. */
const OVERHEAD = 128

/** What texts take in memory: two bytes for each UTF-16 unit, and what it takes to keep them under a name. */
export function bytesOfTexts(...texts: readonly string[]): number {
  let units = 0
  for (const text of texts) units += text.length
  return OVERHEAD + 2 * units
}

export function boundedMap<Value>(
  maxBytes: number,
  maxEntries = Number.POSITIVE_INFINITY,
): BoundedMap<Value> {
  const map = new Map<string, { readonly value: Value; readonly bytes: number }>()
  let total = 0
  /** The one used last, which need not be moved to where it is. */
  let latest: string | undefined

  const remove = (name: string): void => {
    const old = map.get(name)
    if (!old) return
    map.delete(name)
    total -= old.bytes
  }

  return {
    delete: remove,

    get(name) {
      const found = map.get(name)
      if (found && name !== latest) {
        map.delete(name)
        map.set(name, found)
        latest = name
      }
      return found?.value
    },

    set(name, value, bytes) {
      remove(name)
      // It would push out everything else and then itself.
      if (bytes > maxBytes) return
      map.set(name, { value, bytes })
      latest = name
      total += bytes
      for (const oldest of map.keys()) {
        if (total <= maxBytes && map.size <= maxEntries) break
        remove(oldest)
      }
    },
  }
}
