/**
 * Interleaves actors: one of them runs at a time, from one pause to its next, and the schedule says who goes on.
 *
 * Nothing here waits for time to pass. An actor that is never resumed has crashed: its promises never settle.
 */

export interface Actor {
  readonly name: string
  /** Goes on rarely: a slow handler, a request that hangs in the network. */
  readonly slow: boolean
  /** Where in the history of Redis its last command was carried out, and up to where that then went. */
  position: number
  latest: number
}

/** What becomes of an actor that is resumed: whether what it waits for comes, or is lost. */
export type Fate = 'comes' | 'lost'

export interface Waiting {
  readonly actor: Actor
  readonly what: string
  readonly resolve: (fate: Fate) => void
}

export class Scheduler {
  readonly waiting: Waiting[] = []
  readonly transcript: string[] = []
  readonly #recording: boolean
  #current: Actor = { name: 'nobody', slow: false, position: 0, latest: 0 }
  #paused: () => void = () => {}
  #failure: { error: unknown } | null = null

  constructor(recording: boolean) {
    this.#recording = recording
  }

  /** Who runs now. */
  get current(): Actor {
    return this.#current
  }

  /** A line of the transcript; a function, since most schedules are never read. */
  note(text: () => string, who: string = this.#current.name): void {
    if (this.#recording) this.transcript.push(`${who.padEnd(10)} ${text()}`)
  }

  /** Runs a new actor to its first pause. */
  start(actor: Actor, work: () => Promise<void>): Promise<void> {
    return this.#run(actor, () => {
      work()
        .catch((error: unknown) => {
          this.#failure = { error }
        })
        .finally(() => this.#paused())
    })
  }

  /** Runs one that waits to its next pause, or to its end. */
  resume(waiting: Waiting, fate: Fate): Promise<void> {
    this.drop(waiting)
    return this.#run(waiting.actor, () => waiting.resolve(fate))
  }

  /** Crashes it: it is never heard of again. */
  drop(waiting: Waiting): void {
    this.waiting.splice(this.waiting.indexOf(waiting), 1)
  }

  /** Called by the actor that runs: waits for its turn. */
  pause(what: string): Promise<Fate> {
    return new Promise((resolve) => {
      this.waiting.push({ actor: this.#current, what, resolve })
      this.#paused()
    })
  }

  async #run(actor: Actor, go: () => void): Promise<void> {
    const paused = new Promise<void>((resolve) => {
      this.#paused = resolve
    })
    this.#current = actor
    go()
    await paused
    if (this.#failure) throw this.#failure.error
  }
}
