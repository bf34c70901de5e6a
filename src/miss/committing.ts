/**
 * Ends the making of an entry, of a response, a renewed one and a memo alike: it is committed, or there is none. Either
 * way whoever waits for it goes on, and it is told.
 */

import { secondsToKeep } from '../entry/freshness.ts'
import { isValidatable } from '../entry/validators.ts'
import { type Keepable, keep } from '../protocol/keep.ts'
import { reportFailure } from '../state.ts'
import type { Before, Visit } from '../visit.ts'
import { abandoned, type NotStorable } from './storable.ts'

type By = Pick<Visit, 'connection' | 'report'>
type Asked = Pick<Before, 'subject' | 'land'>

/** Resolves to whether it has been stored; a failure of the store is an event. */
export async function commit(by: By, asked: Asked, made: Keepable | NotStorable): Promise<boolean> {
  const { connection, report } = by
  const { subject, land } = asked
  if ('reason' in made) {
    tellNotStored(by, asked, made)
    return false
  }
  land?.(made)
  const { namespace, key } = subject
  const seconds = secondsToKeep(made.entry, isValidatable(made.entry))
  try {
    const started = Date.now()
    const { outcome, size } = await keep(connection, subject, made, seconds)
    const milliseconds = Date.now() - started
    if (outcome === 'stored') report({ type: 'stored', namespace, key, seconds, size, milliseconds })
    else report({ type: 'not-stored', reason: outcome })
    return outcome === 'stored'
  } catch (cause) {
    report({ type: 'not-stored', reason: 'store', detail: reportFailure('commit', cause, report) })
    return false
  } finally {
    land?.(null)
  }
}

/** There is no entry: those who wait for it are let go, and wait for the next one where this is about its client. */
export function tellNotStored({ report }: By, { land }: Asked, why: NotStorable): void {
  land?.(why === abandoned || why.reason === 'reads-header' ? undefined : null)
  report({ type: 'not-stored', ...why })
}
