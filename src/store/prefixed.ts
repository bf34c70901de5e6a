/**
 * Store → Store: a part of a store under a prefix of its own, for mounted apps that share one. They see URLs without
 * the path they are mounted at, so that without it two of them would answer for each other. The clock is shared.
 */

import { encodeName } from './scope.ts'
import type { Store } from './store.ts'

export function prefixed(store: Store, prefix: string): Store {
  // A slash is in no name of ours: it is percent-encoded in all of them.
  const root = `${encodeName(prefix)}/`
  const within = (name: string): string => root + name
  return {
    // By name: the methods of a class are not its instance's own.
    begin: () => store.begin(),
    async lookUp({ entries, scopes }) {
      const snapshot = await store.lookUp({ entries: entries.map(within), scopes: scopes.map(within) })
      return { ...snapshot, scopes }
    },
    commit: ({ stamp, scopes, writes }) =>
      store.commit({
        stamp,
        scopes: scopes.map(within),
        writes: writes.map((write) => ({ ...write, name: within(write.name) })),
      }),
    clear: (scopes) => store.clear(scopes.map(within)),
    lease: (name, id, ms) => store.lease(within(name), id, ms),
    release: (name, id) => store.release(within(name), id),
  }
}
