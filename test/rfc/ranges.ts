/** What the tests of ranges have in common: ten bytes, and who asks for some of them. */
import { at, fresh, type Reply } from '../support/origin.ts'

export const BODY = '0123456789'
export const WHOLE: Reply = { headers: { ...fresh(60), etag: '"v1"', 'last-modified': at(-9) }, body: BODY }

export const ask = (range: string, more: Record<string, string> = {}) => ({ headers: { range, ...more } })

/** 206 with the bytes from `first` on. */
export const part = (first: number, body: string, more: Record<string, string> = {}): Reply => ({
  status: 206,
  headers: {
    ...fresh(60),
    etag: '"v1"',
    'content-range': `bytes ${first}-${first + body.length - 1}/10`,
    ...more,
  },
  body,
})
