import type { Entry } from '../../src/entry/entry.ts'

/** What is the same in any entry of a plain page that was made when the clock stood at 0. */
export const PAGE: Omit<Entry, 'text' | 'stamp' | 'scopes'> = {
  status: 200,
  headers: [],
  made: 0,
  age: 0,
  fresh: 60,
  body: 'body',
}
