/** What is wrong with the status and the bytes of an answer, and with what it says of them. */
import type { Answer, Known } from './oracle.ts'
import { dateOf, type Representation } from './pages.ts'

export const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes)

interface Content {
  readonly of: Representation
  /** The status of what it was made of. */
  readonly given: number
  readonly known: Known
  /** The origin has cut it short, for this very request. */
  readonly isCut: boolean
  /** The origin may have given less than it was asked for, for this very range. */
  readonly mayBeLess: boolean
}

export function* contentComplaints(
  { call, asked, status, headers, body }: Answer,
  { of, given, known, isCut, mayBeLess }: Content,
): Generator<string> {
  const { whole } = of
  const etag = headers.get('etag')
  const length = headers.get('content-length')
  if (of.etag === null && etag !== null && [200, 206].includes(status)) {
    const before = known.ownTags.get(etag)
    if (before !== undefined && before !== latin(whole)) yield 'one entity tag of two bodies'
    known.ownTags.set(etag, latin(whole))
  }
  if (body === null) {
    if (!isCut) yield 'its body was cut short'
    return
  }
  if (isCut && status !== 304 && call.method !== 'HEAD')
    yield 'a body that was cut short ends as if it were whole'
  if (call.method === 'HEAD') {
    if (body.length > 0) yield 'HEAD has a body'
    if (length !== null && Number(length) !== whole.length) yield 'HEAD has another length'
  } else if (length !== null && status !== 304 && Number(length) !== body.length)
    yield 'its Content-Length is not that of its body'
  if (status === 304) {
    const tags = asked.get('if-none-match')
    const since = asked.get('if-modified-since')
    if (tags === null && since === null) yield 'a 304 that nobody asked for'
    if (headers.has('content-type') || headers.has('content-language')) yield 'a 304 describes its content'
    if (tags !== null && tags !== '*') {
      if (etag !== null && !tags.replaceAll('W/', '').includes(etag.replace('W/', '')))
        yield 'a 304 of an entity tag that the client has not'
      if (etag === null && (of.etag === null || !tags.includes(of.etag.replace('W/', ''))))
        yield 'a 304 without an entity tag'
      if (of.etag === null && known.ownTags.get(tags) !== latin(whole)) yield 'a 304 of another body'
    }
    if (tags === null && !(of.modified !== null && of.modified <= Date.parse(since!)))
      yield 'a 304 of what was modified since'
    return
  }
  if (status === 206 || status === 416) {
    const range = /^bytes=(\d*)-(\d*)$/.exec(asked.get('range') ?? '')
    if (!range || call.method !== 'GET') return yield 'a range that nobody asked for'
    const condition = asked.get('if-range')
    if (
      condition !== null &&
      (condition.startsWith('W/') ||
        (condition !== etag && (of.modified === null || condition !== dateOf(of.modified))))
    )
      yield 'a range of another version than the client has'
    const [, from = '', to = ''] = range
    const first = from === '' ? Math.max(0, whole.length - Number(to)) : Number(from)
    const last = from === '' || to === '' ? whole.length - 1 : Math.min(Number(to), whole.length - 1)
    const named = headers.get('content-range')?.replace('bytes ', '').replace('/*', `/${whole.length}`)
    if (first > last) {
      if (status !== 416 || named !== `*/${whole.length}`) yield `its Content-Range is ${named}`
      return
    }
    const end = first + body.length - 1
    if (
      status !== 206 ||
      named !== `${first}-${end}/${whole.length}` ||
      end > last ||
      (end < last && !mayBeLess)
    )
      yield `its Content-Range is ${named}`
    if (latin(body) !== latin(whole.subarray(first, end + 1))) yield 'its part is not of these bytes'
    return
  }
  if (status !== given) yield `its status is not ${given}`
  if (headers.has('content-range')) yield 'a whole with a Content-Range'
  if (call.method !== 'HEAD' && status !== 412 && latin(body) !== latin(whole))
    yield 'its body is not of its version'
}
