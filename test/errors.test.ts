/** What kind of failure an error of the store is, as far as the beginning of its message tells. */
import { expect, test } from 'vitest'
import { toStoreError } from '../src/errors.ts'

test.each<[string, unknown]>([
  ['out-of-memory', "OOM command not allowed when used memory > 'maxmemory'."],
  ['out-of-memory', 'ERR DB capacity quota exceeded'],
  ['unauthorized', 'NOAUTH Authentication required.'],
  ['unauthorized', 'WRONGPASS invalid or missing auth token'],
  ['unauthorized', "NOPERM this user has no permissions to run the 'eval' command"],
  ['unauthorized', 'Unauthorized'],
  ['unauthorized', 'ERR The user executing the script can not run this command'],
  ['refused', 'ERR max request size exceeded'],
  ['failed', 'LOADING Redis is loading the dataset in memory'],
  ['failed', 'fetch failed'],
  ['failed', 'ERRONEOUS'],
  ['failed', 'no ERR'],
  ['failed', 'ZOOM'],
  ['failed', 'OOMPH'],
  ['failed', 'a NOAUTHOR'],
  ['failed', 'xunauthorized'],
  ['failed', undefined],
  ['timeout', new DOMException('late', 'AbortError')],
  ['timeout', new DOMException('late', 'TimeoutError')],
])('%s: %s', (reason, error) => {
  for (const one of typeof error === 'string' ? [error, new Error(error)] : [error])
    expect(toStoreError(one).reason).toBe(reason)
})

test('what users send tells nothing of it, wherever the message quotes it', () => {
  expect(toStoreError(new Error('ERR wrong, command was: ["SET","OOM"]')).reason).toBe('refused')
  expect(toStoreError(new Error(`wrong: ${'x'.repeat(160)} OOM`)).reason).toBe('failed')
})

test('one that is known is the very same', () => {
  const error = toStoreError('ERR')
  expect(toStoreError(error)).toBe(error)
})
