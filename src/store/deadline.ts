/**
 * A bounded wait. The work is no longer waited for, whether or not it can be cancelled as well: on Workers a promise
 * may belong to a request that is gone and then never settles.
 */

import { StoreError } from '../errors.ts'

/** Resolves as `work` does, or calls `cancel` and rejects with a `timeout` after `ms` milliseconds. */
export function within<T>(ms: number, work: Promise<T>, cancel?: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new StoreError('timeout'))
      cancel?.()
    }, ms)
    work.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
