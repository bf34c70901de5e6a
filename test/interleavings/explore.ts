/** Many stories, and what they came to. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, vi } from 'vitest'
import { NOON } from '../support/stores.ts'
import { type Told, tell } from './story.ts'

/** Time passes when a story says so, and nothing is random but by its seed, nor done in another thread. */
export function inTurns(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: NOON })
    let ids = 0
    vi.spyOn(crypto, 'randomUUID').mockImplementation(() => `${++ids}-0-0-0-0`)
    vi.spyOn(crypto.subtle, 'digest').mockImplementation(async (_, data) => {
      const { buffer } = new Uint8Array(
        createHash('sha256')
          .update(data as Uint8Array)
          .digest(),
      )
      return buffer
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })
}

export interface Exploration {
  /** How many were told. */
  readonly stories: number
  readonly counts: Told['counts']
  /** The first in which something was wrong, from its beginning; `null` if there was none. */
  readonly failure: string | null
}

/** Tells stories until one goes wrong, at most so many. The name is the seed: the same name tells the same stories. */
export async function explore(name: string, most: number): Promise<Exploration> {
  const counts = { answers: 0, hits: 0, shared: 0, clears: 0 }
  for (let stories = 1; stories <= most; stories++) {
    const seed = `${name} #${stories}`
    const told = await tell(seed)
    for (const kind of ['answers', 'hits', 'shared', 'clears'] as const) counts[kind] += told.counts[kind]
    if (told.complaint === null) continue
    const { transcript } = await tell(seed, true)
    return { stories, counts, failure: [`seed "${seed}": ${told.complaint}`, ...transcript].join('\n') }
  }
  return { stories: most, counts, failure: null }
}
