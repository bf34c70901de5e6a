/**
 * Keys that learn: what the rest of a route read, and what follows from it.
 *
 * A handler has no argument list; what it reads is its input. Each read is one of four things: already in the key;
 * learned, so that it becomes part of the key; ignored, because it says nothing of the caller or the author has
 * said so; or refused, because no key can cover it, and then the response is not stored. Values are taken at the
 * first read, before the handler can change them. Not seen: closures, AsyncLocalStorage, module state.
 */

import type { Reading } from '../events.ts'
import { behind } from '../key/names.ts'
import { hasMembers, plainText } from '../key/plain.ts'
import type { Subject } from '../key/subject.ts'
import type { Route } from '../options/route.ts'
import { ANONYMOUS, INTERPRETED, isCredential, isHidden, isMadeUp, PRESENT } from './inputs.ts'
import { createViews } from './members.ts'

/** What the reads of one response came to. */
export interface Reads {
  /** Names of inputs for the vary record. */
  readonly learned: Set<string>
  readonly ignored: Set<string>
  /** The first read that no key can cover. */
  refused: Refused | null
  /** `Accept-Encoding` was read: an input only if the body is coded. */
  acceptEncoding: boolean
  /** The request's signal was read: what is made once its client has gone may be no answer. */
  signal: boolean
}

export interface Refused {
  readonly read: Reading
  /** What was read, and the line to add. */
  readonly detail: string
}

/** Takes note of reads, as long as they are the handler's. */
export interface Reader {
  readonly reads: Reads
  /** Whether a read that happens now counts. */
  watching(): boolean
  /** Calls something whose reads are not the handler's, such as Hono's own methods, which use `raw`. */
  unobserved<T>(call: () => T): T
  header(name: string): void
  /** Gives the variable as the handler is to have it. */
  variable(name: string, value: unknown): unknown
  /** A read that no key can cover. */
  refuse(read: Reading, detail: string): void
  /** `c.req.raw` was read member by member: which header reached a native function is then unknown. */
  raw(): void
  signal(): void
  /** All cookies as they were sent, whichever of them the handler may see. */
  allCookies(): void
  /** From here on the handler has returned, and only its body still runs. */
  late(): void
  /** All has been read: is what was read still what it was? */
  end(): void
}

/** @param handle what `redisCache()` has set as `c.get('cache')` */
export function createReader(
  route: Route,
  exclude: readonly string[],
  subject: Subject,
  request: Request,
  handle: unknown,
): Reader {
  const reads: Reads = {
    learned: new Set(),
    ignored: new Set(),
    refused: null,
    acceptEncoding: false,
    signal: false,
  }
  let filtered = route.cookies.length > 0
  let ended = false
  let inside = false
  const watching = () => !ended && !inside
  const viewOf = createViews()
  /** Variables that were read and are no plain values. */
  const unplain = new Set<string>()
  /** Trees that were read, and their text at the time. */
  const trees: { readonly name: string; readonly tree: object; readonly text: string }[] = []

  function learn(input: string): boolean {
    // Asked at once: the value that counts is the one that was read.
    if (subject.valueOf(input, []) === undefined) return false
    reads.learned.add(input)
    return true
  }

  function refuse(read: Reading, detail: string): void {
    if (!watching()) return
    // That the request was taken says less than what was then read of it, and one variable less than all of them.
    const told = reads.refused?.detail
    if (!told || told === RAW_WITH_CREDENTIALS || detail.startsWith(told)) reads.refused = { read, detail }
  }

  /**
   * @param areKeyed the cookies that it has are those in the key, and no others
   * @param validated a validator above has seen all cookies, those that were taken off the request since included
   */
  function header(name: string, areKeyed: boolean, validated = false): void {
    const read = `header ${name}`
    if (route.headers.includes(name) || (name === 'cookie' && areKeyed)) return
    if (route.covers.includes(name)) reads.ignored.add(read)
    // That none was sent is an input like any other.
    else if (isCredential(name) && (validated || subject.valueOf(read, []) !== null)) {
      if (name !== 'cookie') refuse('authorization', AUTHORIZATION)
      else refuse('cookie', validated ? VALIDATED_COOKIES : COOKIE)
    } else if (!INTERPRETED.test(name) && name !== 'accept-encoding') learn(read)
    // Not learned: of what each request has another value of, the others would have no entry any more.
    else if (!isHidden(name, request) && isMadeUp(subject.valueOf(read, []))) refuse('header', madeUp(name))
    else if (name === 'accept-encoding') reads.acceptEncoding = true
    else reads.ignored.add(read)
  }

  /**
   * A variable as such, whatever of it was declared.
   *
   * @param detail what to say where it is no plain value
   */
  function wholeVariable(
    name: string,
    value: unknown,
    detail = () => `the route reads ${notPlain([...unplain.add(name)])}`,
  ): void {
    if (route.vars.includes(name)) return
    const read = `var ${name}`
    if (exclude.includes(name) || isOfNoConsequence(name, value)) {
      reads.ignored.add(read)
      return
    }
    const known = trees.find((known) => known.name === name && known.tree === value)
    if (known && known.text.length > LARGE) return
    const text = plainText(value)
    if (name === 'secureHeadersNonce' && value !== undefined) refuse('variable', NONCE)
    else if (name === 'requestId') refuse('variable', madeUp(`the variable ${name}`))
    else if (text === undefined || !(known || isWhatItShows(value)) || !learn(read))
      refuse('variable', detail())
    // What the key says of it is what it was when the request came.
    else if ((value === undefined ? null : text) !== subject.valueOf(read, []))
      refuse('variable', changed(name))
    else if (hasMembers(value) && !known) trees.push({ name, tree: value, text })
  }

  /** Ours and Hono's own say nothing of the caller; an app may have variables of the same names. */
  function isOfNoConsequence(name: string, value: unknown): boolean {
    if (name === 'cache') return value === handle
    if (name === 'metric') return (value as { timers?: unknown } | null | undefined)?.timers instanceof Map
    return name === 'requestId' && !isMadeUp(value)
  }

  return {
    reads,
    watching,
    refuse,

    unobserved(call) {
      const outer = inside
      inside = true
      try {
        return call()
      } finally {
        inside = outer
      }
    },

    header(name) {
      if (watching()) header(name.toLowerCase(), filtered)
    },

    variable(name, value) {
      if (!watching()) return value
      const members = behind(`${name}.`, route.vars)
      if (members.length === 0 || route.vars.includes(name)) {
        wholeVariable(name, value)
        return value
      }
      return viewOf(name, value, members, (path, member) =>
        wholeVariable(name, value, () => undeclared(name, members, path, member)),
      )
    },

    raw() {
      if (subject.valueOf(ANONYMOUS, []) === PRESENT) refuse('raw-request', RAW_WITH_CREDENTIALS)
      else learn(ANONYMOUS)
    },

    signal() {
      reads.signal = true
    },

    allCookies: () => header('cookie', false, true),

    late() {
      // The handler's view of the request has ended: a cookie read from now on comes from the true one.
      filtered = false
    },

    end() {
      for (const { name, tree, text } of trees) {
        if (plainText(tree) !== text) refuse('variable', changed(name))
      }
      ended = true
    },
  }
}

/** A tree of more characters is looked at when it is read first, and last: twenty reads of a megabyte take seconds. */
const LARGE = 10_000

/** A Proxy looks like a plain object and gives what it likes; what can be cloned is none. */
function isWhatItShows(value: unknown): boolean {
  if (!hasMembers(value)) return true
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

const COOKIE =
  "the route reads Cookie; name the cookies it needs with vary: { cookies: ['name'] }, " +
  "or authenticate above cache() and key on who the user is with vary: { vars: ['user.id'], covers: ['cookie'] }"

const VALIDATED_COOKIES =
  'the route reads cookies through a validator above cache(), which has seen all of them; put it below, and name the ' +
  "cookies it needs with vary: { cookies: ['name'] }"

const AUTHORIZATION =
  "the route reads Authorization; key on it with vary: ['authorization'], or authenticate above cache() and " +
  "key on who the user is with vary: { vars: ['user.id'], covers: ['authorization'] }"

const RAW_WITH_CREDENTIALS =
  'the route reads c.req.raw, as getCookie() does, of a request with credentials, or a GET with a body, that the key ' +
  "does not cover; read single headers with c.req.header('name'), name the cookies it needs with " +
  "vary: { cookies: ['name'] }, " +
  "or key on who the user is with vary: { vars: ['user.id'], covers: ['authorization', 'cookie'] }"

/** Of a variable, or a member inside one; and of others, of which the same is to be said. */
export const notPlain = ([path, ...others]: readonly string[]): string =>
  `the variable ${path}, which is no plain value; if it is a dependency, the same for every caller, leave it out with ` +
  `redisCache({ exclude: ['${path}'] }), else key on plain members of it with vary: { vars: ['${path}.id'] }, or set a ` +
  `plain copy of what the route needs above cache()${others.map((other) => `; likewise ${other}`).join('')}`

/** Of a variable of which the route has declared some members, and which is no plain value as a whole. */
function undeclared(
  name: string,
  members: readonly string[],
  path: string | undefined,
  value: unknown,
): string {
  if (path === undefined)
    return `the route reads all of the variable ${name}, which is no plain value; read single members of it`
  if (path === 'then' && value === undefined)
    return `the route awaits the variable ${name}, or gives it from an async function, which reads all of it; read its members where c.get('${name}') gives it`
  const read = `the route reads ${name}.${path}, which`
  if (plainText(value) === undefined)
    return `${read} is no plain value; set what the route needs of it as a variable above`
  const vars = [...members, path].map((member) => `'${name}.${member}'`).join(', ')
  return `${read} no key covers; name it as well with vary: { vars: [${vars}] }`
}

export const fixed = (member: string): string =>
  `${member} was fixed above the route, so nobody can see what is read of it`

const changed = (name: string): string =>
  `the variable ${name} was changed while the route ran, so no key can cover it`

const madeUp = (what: string): string =>
  `the route reads ${what}, which makes no difference to the key, and holds a text that somebody has made up; ` +
  'only such responses are kept out'

const NONCE =
  'the route reads secureHeadersNonce, which is of one response; ' +
  'put secureHeaders() below cache(), and the header that names it is stored with the body'
