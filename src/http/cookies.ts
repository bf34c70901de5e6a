/** The Cookie field (RFC 6265 §5.4): which cookies a request carries. Values are left as they were sent. */

/** The values sent under that name, in their order: a client may send several of different paths. */
export function cookieValues(field: string | null | undefined, name: string): string[] {
  if (!field) return []
  const values: string[] = []
  for (const pair of field.split(';')) {
    const equals = pair.indexOf('=')
    if (equals >= 0 && pair.slice(0, equals).trim() === name) values.push(pair.slice(equals + 1).trim())
  }
  return values
}
