/**
 * Directives for caches like this one alone, which take the place of Cache-Control and Expires: CDN-Cache-Control
 * (RFC 9213), a strict dictionary of RFC 8941, and below it Surrogate-Control (the W3C's Edge Architecture note).
 */

import { type Directives, parseSeconds } from './cache-control.ts'
import { CACHE_NAME } from './cache-status.ts'

/** What a request tells the origin so that a Surrogate-Control can be targeted at this cache. */
export const SURROGATE_CAPABILITY = `${CACHE_NAME}="Surrogate/1.0"`

/** The first of the two that is there, valid and not empty; `null`: Cache-Control counts (RFC 9213 §2.2). */
export function targetedDirectives(headers: Pick<Headers, 'get'>): Directives | null {
  return (
    cdnDirectives(headers.get('cdn-cache-control')) ?? surrogateDirectives(headers.get('surrogate-control'))
  )
}

const KEY = '[a-z*][a-z\\d_\\-.*]*'
const STRING = '"(?:[ !#-\\[\\]-~]|\\\\["\\\\])*"'
const TOKEN = "[A-Za-z*][\\w!#$%&'*+\\-.^`|~:/]*"
const BARE_ITEM = `(?:-?\\d{1,12}\\.\\d{1,3}|-?\\d{1,15}|${STRING}|${TOKEN}|:[A-Za-z\\d+/=]*:|\\?[01])`
const PARAMETERS = `(?:; *${KEY}(?:=${BARE_ITEM})?)*`
const INNER_LIST = `\\( *(?:${BARE_ITEM}${PARAMETERS}(?: +${BARE_ITEM}${PARAMETERS})* *)?\\)`
/** One member with the comma behind it; a comma at the very end is an error (RFC 8941 §4.2.2). */
const MEMBER = `(${KEY})(?:=(?:(${BARE_ITEM})|${INNER_LIST}))?${PARAMETERS}[ \\t]*(?:,[ \\t]*(?!$)|$)`

/** Directives whose argument is delta-seconds, in a structured field an Integer. */
const SECONDS = ['max-age', 's-maxage', 'stale-while-revalidate', 'stale-if-error']

/**
 * "If a targeted field in a given response is empty or a parsing error is encountered, that field MUST be ignored"
 * (RFC 9213 §2.1). A directive with a value of the wrong type is ignored alone.
 */
export function cdnDirectives(field: string | null | undefined): Directives | null {
  const dictionary = parseDictionary(field ?? '')
  if (!dictionary) return null
  const directives = new Map<string, string | null>()
  for (const [key, item] of dictionary) {
    if (item === '?0' || (SECONDS.includes(key) && !/^\d+$/.test(item))) continue
    directives.set(key, item === '?1' ? null : item.startsWith('"') ? unquote(item) : item)
  }
  return directives.size > 0 ? directives : null
}

/** Key → bare item as written, `?1` where there is none; `null` where anything is wrong. Parameters are ignored. */
function parseDictionary(field: string): Map<string, string> | null {
  const text = field.replace(/^ +/, '')
  const member = new RegExp(MEMBER, 'y')
  const dictionary = new Map<string, string>()
  while (member.lastIndex < text.length) {
    const match = member.exec(text)
    if (!match) return null
    // The last of a repeated key counts (RFC 8941 §3.2).
    dictionary.set(match[1]!, match[2] ?? '?1')
  }
  return dictionary
}

const unquote = (text: string): string => text.slice(1, -1).replace(/\\(.)/g, '$1')

/** Directives of the note and of the surrogates that are in use; what else there is says nothing about storing. */
const SURROGATE = ['no-store', 'no-cache', 'private', 'max-age', 'stale-while-revalidate', 'stale-if-error']
const SURROGATE_DIRECTIVE = /^\s*([\w-]+)(?:=("[^"]*"|[^\s;"=]*))?\s*((?:;[^;"]*)*)$/

/**
 * Directives may have targets, as in `max-age=60;name`: those of others are passed over, and one at this cache beats
 * one at all. `max-age=60+10` may be served for ten seconds more while it is revalidated.
 */
export function surrogateDirectives(field: string | null | undefined): Directives | null {
  const atAll = new Map<string, string | null>()
  const atUs = new Map<string, string | null>()
  for (const member of field?.match(/(?:"[^"]*"|[^,])+/g) ?? []) {
    const [, name = '', value = null, targets] = SURROGATE_DIRECTIVE.exec(member) ?? []
    const directive = name.toLowerCase()
    if (!SURROGATE.includes(directive)) continue
    if (targets && !targets.split(';').some((target) => target.trim() === CACHE_NAME)) continue
    const directives = targets ? atUs : atAll
    if (!SECONDS.includes(directive)) {
      directives.set(directive, null)
      continue
    }
    const [seconds, extension, ...rest] = value?.split('+') ?? []
    if (rest.length > 0 || parseSeconds(seconds) === null) continue
    directives.set(directive, seconds!)
    if (directive === 'max-age' && parseSeconds(extension) !== null) {
      directives.set('stale-while-revalidate', extension!)
    }
  }
  const directives = new Map([...atAll, ...atUs])
  return directives.size > 0 ? directives : null
}
