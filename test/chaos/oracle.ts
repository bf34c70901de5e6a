/**
 * Knows how old an answer may be. Every clear that an isolate was told of puts a floor under the versions of what it
 * covers, for each request that starts afterwards: at once in the isolate that made it, whether it was confirmed or
 * has yet to be made, and elsewhere once it was confirmed and the isolate's near window has passed.
 */
import type { ClearTarget } from 'hono-redis-cache'
import type { Answer } from './app.ts'
import type { Data } from './data.ts'
import { covers, PAGES, type Page } from './pages.ts'

export interface Oracle {
  /** Raises the data that a clear covers, as the write before it; gives what to call with the clear's outcome. */
  write(target: ClearTarget | undefined, by: number): (confirmed: boolean) => void
  /** What to check the answer of a request with that starts now. */
  ask(page: Page, by: number, user: string): (answer: Answer) => string | null
}

/** `windows`: of each isolate, for how many milliseconds it may answer from before the clears of others. */
export function createOracle(data: Data, windows: readonly number[]): Oracle {
  const floors = windows.map(() => new Map<string, number>())
  const nameOf = (page: Page, id: string) => `${page.path} ${page.query ?? ''} ${id}`

  function raise(isolate: number, covered: readonly (readonly [name: string, version: number])[]): void {
    const own = floors[isolate]!
    for (const [name, version] of covered) own.set(name, Math.max(version, own.get(name) ?? 0))
  }

  return {
    write(target, by) {
      const pairs = PAGES.flatMap((page) =>
        page.ids.filter((id) => covers(target, page, id)).map((id) => [page, id] as const),
      )
      for (const id of new Set(pairs.map(([, id]) => id))) data.raise(id)
      const covered = pairs.map(([page, id]) => [nameOf(page, id), data.version(id)] as const)
      return (confirmed) => {
        raise(by, covered)
        if (!confirmed) return
        windows.forEach((ms, isolate) => {
          if (isolate === by) return
          if (ms === 0) raise(isolate, covered)
          else setTimeout(() => raise(isolate, covered), ms)
        })
      }
    },

    ask(page, by, user) {
      const own = floors[by]!
      const least = new Map(page.ids.map((id) => [id, own.get(nameOf(page, id)) ?? 0]))
      return (answer) => {
        if (answer.page !== page.says) return `another page: ${answer.page}`
        if (page.personal && answer.user !== user) return `another person's: ${answer.user}, asked by ${user}`
        for (const [id, version] of answer.versions) {
          if (!(version >= least.get(id)!))
            return `older than a clear: ${id} at ${version}, not ${least.get(id)}`
        }
        return null
      }
    },
  }
}
