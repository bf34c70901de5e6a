/**
 * Spans by the wall clock. It may be set back: then a span that seems to begin later is over, so that nothing stands still
 * until the clock has caught up.
 */

export interface Span {
  readonly since: number
  readonly ms: number
}

/** Milliseconds of a span that are left; 0 where it is over, or there is none. */
export function left(span: Span | undefined, now: number): number {
  if (!span || now < span.since) return 0
  return Math.max(0, span.since + span.ms - now)
}
