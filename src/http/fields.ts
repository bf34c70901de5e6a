/**
 * Which header fields a stored response has: those that describe it, and none that describe a connection or the
 * answer to one request.
 */

/** A field of an entry; `append` where it was added to one that middleware above had set. */
export type Field = readonly [name: string, value: string, append?: 'append']

/**
 * Never stored, never replayed: fields of one connection (RFC 9110 §7.6.1) or of one hop's proxy, and those that are
 * computed anew for every answer.
 */
const NEVER_STORED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'age',
  'content-length',
])

/**
 * "A sender MUST NOT send a connection option corresponding to a field that is intended for all recipients of the content"
 * (§7.6.1): not left out even so, because they tell who may have it.
 */
const FOR_ALL = new Set(['set-cookie', 'vary'])

/** Fields that describe the representation: they belong to the response that carries it, whatever is set above. */
const REPRESENTATION = new Set(['content-type', 'content-encoding', 'content-language'])

/**
 * The fields that were made below `cache()`. Middleware above has already set its own on the Context (a request id,
 * a cookie, CORS), Hono merges them into the handler's response, and on a hit that middleware sets them again.
 *
 * @param above the fields set before the handler ran
 * @param varies whether Vary is all that tells what the response depends on; then one that is the same as that set
 *   above may be the handler's own, and none of it may be lost
 */
export function fieldsOfEntry(response: Headers, above: Headers, varies = false): Field[] {
  // A set: an origin may name thousands, and have as many fields.
  const connection = new Set(namesOf(response.get('connection')).filter((name) => !FOR_ALL.has(name)))
  const cookiesAbove = above.getSetCookie()
  const fields: Field[] = []
  // The last on every runtime: Bun gives them so.
  const cookies: Field[] = []
  for (const [given, value] of response) {
    // As it was written, where a test environment has put its own Headers in the place of the platform's.
    const name = given.toLowerCase()
    if (NEVER_STORED.has(name) || connection.has(name)) continue
    if (name === 'set-cookie') {
      if (!cookiesAbove.includes(value)) cookies.push([name, value])
      continue
    }
    const set = REPRESENTATION.has(name) || (varies && name === 'vary') ? null : above.get(name)
    if (set !== null && value.startsWith(`${set}, `))
      fields.push([name, value.slice(set.length + 2), 'append'])
    else if (value !== set) fields.push([name, value])
  }
  return [...fields, ...cookies]
}

/** A token (RFC 9110 §5.1), but for the asterisk, which stands for all. */
export const isFieldName = (name: string): boolean => /^(?!\*$)[!#$%&'*+\-.^`|~\w]+$/.test(name)

/** A name as Headers gives it, and a value that every platform sends: bytes, none of which is a control character. */
const NAME = /^[!#$%&'*+\-.^_`|~\da-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/**
 * Whether we can have stored a field. Any other is a stranger's: one with a line break in it, or a length that is not
 * that of the body, makes two responses of one on its way to the client.
 */
export const mayBeOfEntry = (name: string, value: string): boolean =>
  NAME.test(name) && VALUE.test(value) && !NEVER_STORED.has(name)

export const fieldOf = (fields: readonly Field[], name: string): string | null =>
  fields.find(([candidate]) => candidate === name)?.[1] ?? null

/** A copy that lacks these. */
export function headersBut(headers: Headers, names: readonly string[]): Headers {
  const copy = new Headers(headers)
  for (const name of names) copy.delete(name)
  return copy
}

/** Fields as a Headers, for what reads one. */
export const headersOf = (fields: readonly Field[]): Headers =>
  new Headers(fields.map(([name, value]): [string, string] => [name, value]))

/** The members of a list of names such as Vary or Connection, in lower case. */
export function namesOf(field: string | null | undefined): string[] {
  if (!field) return []
  return field
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
}

/** True of the very bytes that are sent (RFC 9530 §2): not of a part of them, nor of what they are a part of. */
export const DIGESTS: readonly string[] = ['content-digest', 'content-md5']

/** The fields that a 304 leaves out: the client has them with its copy (RFC 9110 §15.4.5). */
export const isContentField = (name: string): boolean =>
  name.startsWith('content-') && name !== 'content-location'
