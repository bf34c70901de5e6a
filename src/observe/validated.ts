/**
 * Observes what a route reads of a validator's data, where the validator ran above it: that saw the request whole,
 * cookies that `vary.cookies` hides from the handler included.
 */

import { isFieldName } from '../http/fields.ts'
import { isGetOrHead } from '../http/methods.ts'
import { hasMembers, plainText } from '../key/plain.ts'
import { noticing } from '../learn/noticing.ts'
import type { Reader } from '../learn/reads.ts'
import { added } from './added.ts'
import { allHeaders } from './headers.ts'

const IN_URL: readonly unknown[] = ['query', 'param']
const IN_BODY: readonly unknown[] = ['json', 'form']

/** Gives the data as the route is to have it. That there is none says something of the caller, too. */
export function observeValidated(target: unknown, data: unknown, request: Request, reader: Reader): unknown {
  if (target === 'header') return fromHeaders(data, request, reader)
  if (target === 'cookie') reader.allCookies()
  else if (!IN_URL.includes(target) && !(IN_BODY.includes(target) && hasKeyedBody(request)))
    reader.refuse('variable', added(`c.req.valid('${String(target)}')`))
  return data
}

/** Whether the body of such a request is part of the key. */
export const hasKeyedBody = ({ method }: Request): boolean => !isGetOrHead(method)

function fromHeaders(data: unknown, request: Request, reader: Reader): unknown {
  const all = () => allHeaders(reader)
  // What is no plain tree does not bear being watched.
  if (!hasMembers(data) || plainText(data) === undefined) {
    all()
    return data
  }
  // Only a header as it was sent can be named; a schema may have made something else of it, or of its absence.
  const headers = reader.unobserved(() => request.headers)
  const member = (tree: object, name: PropertyKey): unknown => {
    const value: unknown = Reflect.get(tree, name)
    if (typeof name !== 'string' || !isFieldName(name) || typeof value !== 'string') all()
    else if (headers.get(name) !== value) all()
    else reader.header(name)
    return value
  }
  return noticing(data, member, all)
}
