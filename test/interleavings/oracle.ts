/** Knows every clear, and whose each answer must be. It knows nothing of times, fences or stamps. */
import type { Page } from './recipe.ts'
import type { Datum } from './site.ts'

/** How a page is asked for. */
export interface Asking {
  readonly user: string
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly sent?: string
  /** Its client goes at some moment. */
  readonly hangsUp?: boolean
  /** It has a copy, if it was ever given one. */
  readonly conditional?: boolean
  readonly ranged?: boolean
}

/** A clear that came to an end; the same isolate has to see it, made or not. */
export interface Clear {
  readonly isolate: string
  readonly clears: readonly string[]
  /** Moments. */
  readonly called: number
  readonly settled: number
  /** By the wall clock. */
  readonly settledAt: number
  readonly made: boolean
}

/** A request, as it began. */
export interface Begun {
  readonly isolate: string
  readonly page: Page
  readonly asking: Asking
  readonly started: number
  readonly startedAt: number
}

export class Oracle {
  readonly clears: Clear[] = []
  readonly #patience: number

  /** @param patience milliseconds after which others have to see a clear */
  constructor(patience: number) {
    this.#patience = patience
  }

  /** What is wrong with an answer. */
  complaintAbout(data: readonly Datum[], begun: Begun): string | null {
    const { page, asking } = begun
    const [own] = data
    if (own!.sent !== asking.sent) return `who sent ${asking.sent} was given the answer to ${own!.sent}`
    for (const datum of data) {
      const { read, user = asking.user } = datum
      if (user !== asking.user) return `${asking.user} was given ${page.path} of ${user}`
      const clear = this.#forbids(datum, datum === own, begun)
      if (!clear) continue
      return (
        `the request @${begun.started} for ${page.path} was given data read @${read}, although ` +
        `${clear.clears} was cleared @${clear.called}–${clear.settled}`
      )
    }
    return null
  }

  #forbids({ read, clearedWith }: Datum, isOwn: boolean, begun: Begun): Clear | undefined {
    const { path, options } = begun.page
    // A page of another route with the same key counts as this one's too.
    const ofRequest = isOwn ? [`path ${path}`, ...options.tags.map((tag) => `tag ${tag}`)] : []
    const scopes = [...clearedWith, ...ofRequest]
    return this.clears.find(
      ({ isolate, clears, called, settled, settledAt, made }) =>
        read < called &&
        settled < begun.started &&
        clears.some((scope) => scopes.includes(scope)) &&
        (isolate === begun.isolate || (made && settledAt + this.#patience <= begun.startedAt)),
    )
  }
}
