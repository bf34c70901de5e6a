/** What an observation is made of: properties replaced on instances, never on a prototype, and put back at its end. */

import { type Accessor, intercept } from './intercept.ts'

export interface Watch {
  /** Puts an accessor in the place of a property until the end. The names are those that we know, not the app's. */
  intercept(target: object, name: string, accessor: Accessor): void
  /** Replaces a property until the end. Where somebody has replaced it since, it stays: ours is then passive. */
  replace(target: object, name: PropertyKey, property: PropertyDescriptor): void
  /** Puts everything back. */
  end(): void
}

/** Properties of observations that are over, by what marks them, and what was there before. */
const over = new WeakMap<object, PropertyDescriptor | undefined>()

/** Of a property that we have put there always an object, or a function. */
const markOf = ({ get, value }: PropertyDescriptor): object => get ?? value

/** @param unseen called for a property that its owner has fixed, so that it stays as it is */
export function createWatch(unseen: (target: object, name: PropertyKey) => void): Watch {
  const restores: (() => void)[] = []

  return {
    intercept(target, name, accessor) {
      try {
        restores.push(intercept(target, name, accessor))
      } catch {
        unseen(target, name)
      }
    },

    replace(target, name, property) {
      const before = Object.getOwnPropertyDescriptor(target, name)
      const values = target as Record<PropertyKey, unknown>
      // What is only a value is only assigned, at a fraction of the time.
      const isValue = before?.writable === true && 'value' in property
      if (isValue) values[name] = property.value
      else {
        const enumerable = before?.enumerable ?? false
        if (!Reflect.defineProperty(target, name, { configurable: true, enumerable, ...property }))
          return unseen(target, name)
      }
      restores.push(() => {
        const now = isValue ? { value: values[name] } : Object.getOwnPropertyDescriptor(target, name)
        if (now?.get !== property.get || now?.value !== property.value) {
          // An observation further in, which ends later, must not put back what is no longer ours.
          over.set(markOf(property), before)
          return
        }
        let original = before
        while (original && over.has(markOf(original))) original = over.get(markOf(original))
        if (isValue && original?.writable) values[name] = original.value
        else if (original) Object.defineProperty(target, name, original)
        else Reflect.deleteProperty(target, name)
      })
    },

    end() {
      // The last first, so that an instance regains the shape that it had.
      for (const restore of restores.reverse()) {
        try {
          restore()
        } catch {
          // Frozen meanwhile: it stays, and passes everything through.
        }
      }
      restores.length = 0
    },
  }
}
