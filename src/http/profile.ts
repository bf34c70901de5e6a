/**
 * The two policies, as data.
 *
 * `safe` knows nothing of its users and does not guess: it stores what the route's author named, and nothing that the
 * response itself keeps out. `standard` is a shared cache as RFC 9111 has it, for a handler that proxies or that sets
 * its own headers. Clauses read these facts, of which a policy has those that it names; nothing else tells them apart.
 */

export interface Profile {
  /** Statuses that are stored without being named; `null`: any final one. */
  readonly statuses: readonly number[] | null
  /** Seconds fresh where neither route nor response names any; `null`: then it is not fresh at all. */
  readonly defaultFresh: number | null
  /** Whether a response may be fresh by heuristics (RFC 9111 §4.2.2). */
  readonly heuristic?: true
  /**
   * Whether something may take the place of a Cache-Control that keeps a response out: a field for caches like this
   * one, or must-understand.
   */
  readonly trustsTargeted?: true
  /** Whether the handler's time makes a response with an Age older: it has come from somewhere else (§4.2.3). */
  readonly countsDelay?: true
  /** Whether responses are stored that must be validated before each use. */
  readonly keepsUnfresh?: true
  /** Whether `Set-Cookie` may be stored with a fresh response that is explicitly cacheable. */
  readonly keepsCookies?: true
  /** Whether a response may vary on credentials that the key does not cover. */
  readonly variesOnCredentials?: true
  /** Whether the request's Cache-Control and Pragma count (§5.2.1, §5.4). */
  readonly obeysRequest?: true
  /** Whether parts (206) are stored, and the client's Range reaches the handler where nothing is. */
  readonly keepsParts?: true
  /** Whether a `Transfer-Encoding` of the response is the transport's, whose errors are seen, and not a helper's. */
  readonly trustsFraming?: true
  /** Whether the answer to a HEAD renews what is stored for GET (§4.3.5). */
  readonly learnsFromHead?: true
  /** Whether a successful unsafe request clears what it may have changed (§4.4). */
  readonly invalidates?: true
  /** Whether selecting headers are compared by what they mean and not by how they are written (§4.1). */
  readonly normalises?: true
  /** Default of `autoVary`. */
  readonly observes: boolean
}

export const PROFILES: Readonly<Record<'safe' | 'standard', Profile>> = {
  safe: {
    statuses: [200],
    defaultFresh: 60,
    observes: true,
  },
  standard: {
    statuses: null,
    defaultFresh: null,
    heuristic: true,
    trustsTargeted: true,
    countsDelay: true,
    keepsUnfresh: true,
    keepsCookies: true,
    variesOnCredentials: true,
    obeysRequest: true,
    keepsParts: true,
    trustsFraming: true,
    learnsFromHead: true,
    invalidates: true,
    normalises: true,
    observes: false,
  },
}
