/** What the tests of validation have in common: a first version, and the 304 that confirms it. */
import { at, fresh } from '../support/origin.ts'

export const V1 = { headers: { ...fresh(60), etag: '"v1"', 'last-modified': at(-9), 'x-version': 'first' } }

export const unchanged = (headers: Record<string, string> = {}) => ({
  status: 304,
  headers: { ...fresh(60), ...headers },
})
