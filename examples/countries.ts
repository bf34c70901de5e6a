/**
 * What the example serves: the countries of the world, and the questions about them that take real work.
 *
 * The data is that of the npm package `world-countries` (ODbL): 250 countries with their names in more than twenty
 * languages. Nothing here knows of a cache: it is the part of an app that is slow.
 */

import countries from 'world-countries/countries.json' with { type: 'json' }

export interface Country {
  readonly code: string
  readonly name: string
  readonly region: string
  /** The one thing that a client may change. */
  capital: string
  /** Every name it has, in every language: what people search for. */
  readonly names: readonly string[]
  /** Its everyday name by language. */
  readonly nameByLanguage: ReadonlyMap<string, string>
}

/** The shape of the data, as far as it is used. */
interface Names {
  readonly common: string
  readonly official: string
}

function read(raw: (typeof countries)[number]): Country {
  const translations: [language: string, names: Names][] = Object.entries(raw.translations)
  const native: Names[] = Object.values(raw.name.native)
  const all = [raw.name, ...native, ...translations.map(([, names]) => names)]
  return {
    code: raw.cca3,
    name: raw.name.common,
    region: raw.region,
    capital: raw.capital.join(', '),
    names: [...new Set(all.flatMap(({ common, official }) => [fold(common), fold(official)]))],
    nameByLanguage: new Map(translations.map(([language, { common }]) => [language, fold(common)])),
  }
}

const byCode = new Map(countries.map((raw) => [raw.cca3, read(raw)]))

export const findCountry = (code: string): Country | undefined => byCode.get(code.toUpperCase())

export const listCountries = (): Country[] => [...byCode.values()]

/** The countries whose name in any language is most like what was typed, misspelt or not. */
export function searchCountries(typed: string): Country[] {
  const wanted = fold(typed)
  const nearest = (country: Country) => Math.max(...country.names.map((name) => likeness(wanted, name)))
  return ranked(listCountries(), nearest, 5)
}

/** The countries that are easiest to mistake for this one: their names are alike in most languages. */
export function mistakenFor(country: Country): Country[] {
  const others = listCountries().filter((other) => other !== country)
  return ranked(others, (other) => likenessInAllLanguages(country, other), 5)
}

/** The ten pairs of countries that are easiest to mistake for each other, out of 31,125. */
export function mostConfusable(): [one: Country, other: Country][] {
  const all = listCountries()
  const pairs = all.flatMap((one, at) => all.slice(at + 1).map((other): [Country, Country] => [one, other]))
  return ranked(pairs, ([one, other]) => likenessInAllLanguages(one, other), 10)
}

/** The first few by score, the highest first. */
function ranked<T>(items: T[], score: (item: T) => number, count: number): T[] {
  const scored = items.map((item) => ({ item, score: score(item) }))
  scored.sort((a, b) => b.score - a.score)
  return scored.slice(0, count).map(({ item }) => item)
}

function likenessInAllLanguages(one: Country, other: Country): number {
  let sum = 0
  for (const [language, name] of one.nameByLanguage) {
    sum += likeness(name, other.nameByLanguage.get(language) ?? '')
  }
  return sum / one.nameByLanguage.size
}

/** 1 for equal names, 0 for names that share nothing. */
function likeness(a: string, b: string): number {
  return 1 - editDistance(a, b) / Math.max(a.length, b.length, 1)
}

/** How many letters to add, drop or change to make one text of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const changed = above[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(changed, above[column]! + 1, current[column - 1]! + 1))
    }
    above = current
  }
  return above[b.length]!
}

/** Without capitals and accents, as people type. */
function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}
