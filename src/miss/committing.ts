/**
 * Commits what is to be kept, and tells what came of it: of a response, a renewed entry and a memo alike.
 */

import type { Connection } from '../connect.ts'
import { secondsToKeep } from '../entry/freshness.ts'
import { isValidatable } from '../entry/validators.ts'
import type { Subject } from '../key/subject.ts'
import { type Keepable, keep } from '../protocol/keep.ts'
import { type Report, reportFailure } from '../state.ts'

/** Resolves to whether it has been stored; a failure of the store is an event. */
export async function commitKept(
  connection: Connection,
  subject: Subject,
  kept: Keepable,
  report: (report: Report) => void,
): Promise<boolean> {
  const { namespace, key } = subject
  const seconds = secondsToKeep(kept.entry, isValidatable(kept.entry))
  try {
    const started = Date.now()
    const { outcome, size } = await keep(connection, subject, kept, seconds)
    const milliseconds = Date.now() - started
    if (outcome === 'stored') report({ type: 'stored', namespace, key, seconds, size, milliseconds })
    else report({ type: 'not-stored', reason: outcome })
    return outcome === 'stored'
  } catch (cause) {
    report({ type: 'not-stored', reason: 'store', detail: reportFailure('commit', cause, report) })
    return false
  }
}
