/**
 * A bounded wait. The work is no longer waited for, whether or not it can be cancelled as well: on Workers a promise
 * may belong to a request that is gone and then never settles.
 */

import { StoreError } from '../errors.ts'

/** A timer that is set to more goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Resolves as `work` does, or calls `cancel` and rejects with a `timeout` after `ms` milliseconds. */
export function within<T>(ms: number, work: Promise<T>, cancel?: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      reject(new StoreError('timeout'))
      cancel?.()
    }
    // Twice the half of it. A timer goes off late where the app was busy, and before what came meanwhile is read: with one
    // alone, a moment without breath would look like a dead store, and a stranger can cause such moments.
    const half = Math.min(ms / 2, LONGEST_TIMER_MS)
    let timer = setTimeout(() => {
      timer = setTimeout(giveUp, half)
    }, half)
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
