/**
 * The data that the app under chaos serves: everything has a version, which every write raises and which never goes
 * back, so that an answer tells how old the data is that it was made from.
 */
import { findCountry } from '../../examples/countries.ts'

export const ITEMS: readonly string[] = Array.from({ length: 30 }, (_, i) => String(i))
export const COUNTRIES: readonly string[] = 'CHE AUT DEU FRA ITA ESP PRT NLD BEL DNK SWE NOR'.split(' ')

export interface Data {
  version(id: string): number
  raise(id: string): void
}

/** A country's version is its capital: `v17`. */
export const versionOf = (capital: string): number => Number(capital.slice(1))

export function createData(): Data {
  const versions = new Map([...ITEMS, ...COUNTRIES].map((id) => [id, 0]))
  const version = (id: string): number => versions.get(id) ?? Number.NaN
  const raiseTo = (id: string, next: number) => versions.set(id, Math.max(version(id), next))
  for (const code of COUNTRIES) {
    // Two writes that are under way at once may arrive in either order.
    Object.defineProperty(findCountry(code), 'capital', {
      configurable: true,
      get: () => `v${version(code)}`,
      set: (capital: string) => raiseTo(code, versionOf(capital)),
    })
  }
  return { version, raise: (id) => void raiseTo(id, version(id) + 1) }
}
