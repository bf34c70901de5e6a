/**
 * Selecting fields, normalised "in a way that is known to have identical semantics" (RFC 9111 §4.1), so that requests
 * that ask for the same find the same variant.
 */

interface Weighted {
  /** A language range in lower case (RFC 4647 §2.1), or `*`. */
  readonly range: string
  /** A number, so that `1`, `1.0` and `1.000` are one (RFC 9110 §12.4.2). */
  readonly quality: number
}

const MEMBER = /^(\*|[a-z]{1,8}(?:-[a-z\d]{1,8})*)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/

/** `null` where a member is none of the grammar: what it means to the handler is not ours to guess. */
function parseLanguages(field: string): Weighted[] | null {
  const languages: Weighted[] = []
  for (const member of field.toLowerCase().split(',')) {
    const text = member.trim()
    if (text === '') continue
    const match = MEMBER.exec(text)
    if (!match) return null
    languages.push({ range: match[1]!, quality: Number(match[2] ?? 1) })
  }
  return languages
}

/**
 * Accept-Language (RFC 9110 §12.5.4) in lower case, without spaces, by falling quality and then by name: among equals
 * the order means nothing. `q=0` stays: `*, de;q=0` asks for something else than `*`.
 */
export function normaliseLanguages(field: string): string {
  const languages = parseLanguages(field)
  if (!languages) return normaliseList(field)
  return languages
    .map(({ range, quality }) => ({ quality, text: quality === 1 ? range : `${range};q=${quality}` }))
    .sort((one, other) => other.quality - one.quality || (one.text < other.text ? -1 : 1))
    .map(({ text }) => text)
    .join(',')
}

/**
 * The language among those available, in lower case, that a client wants most; `null` where the client wants another one
 * more, which the handler may have. Among equals the first in the field that is available counts.
 */
export function preferred(acceptLanguage: string, available: readonly string[]): string | null {
  const languages = parseLanguages(acceptLanguage) ?? []
  const most = Math.max(...languages.map(({ quality }) => quality))
  const isWanted = ({ range, quality }: Weighted) =>
    quality === most && quality > 0 && available.includes(range)
  return languages.find(isWanted)?.range ?? null
}

/** Any other list: without the space around its commas, nor around it. One with quoted strings stays as it is. */
export function normaliseList(value: string): string {
  if (value.includes('"')) return value
  return value
    .split(',')
    .map((member) => member.trim())
    .join(',')
}
