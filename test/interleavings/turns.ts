/**
 * Takes turns: whoever is part of a story waits here at each of its steps, and the story says who goes on. Nothing else
 * makes anything happen, so that the same choices give the same story.
 *
 * Unlike the actors of test/protocol those of a whole app wait for each other, too. So a turn is over when nothing moves
 * any more, and not when somebody has come to his next step.
 */
import { nextTurn } from '../support/gate.ts'

/** What somebody waits for: that data is read by a handler or a memo, say, or that a command arrives. */
export const KINDS = ['handler', 'memo', 'body', 'read', 'write', 'client'] as const
export type Kind = (typeof KINDS)[number]

export interface Waiting {
  readonly kind: Kind
  readonly what: () => string
  readonly go: (fate: Fate) => void
}

/** `lost`: what it waits for never comes, and it is told so. */
export type Fate = 'comes' | 'lost'

export class Turns {
  readonly waiting: Waiting[] = []
  readonly transcript: string[] = []
  readonly #recording: boolean
  #now = 0
  #steps = 0

  constructor(recording: boolean) {
    this.#recording = recording
  }

  /** A moment, later than all before. */
  tick(): number {
    return ++this.#now
  }

  /** A line of the transcript; a function, since most stories are never read. */
  note(text: () => string): void {
    if (this.#recording) this.transcript.push(`@${this.#now} ${text()}`)
  }

  /** Waits for its turn. */
  pass(kind: Kind, what: () => string): Promise<Fate> {
    this.#steps++
    return new Promise((go) => void this.waiting.push({ kind, what, go }))
  }

  resume(waiting: Waiting, fate: Fate = 'comes'): Promise<void> {
    this.waiting.splice(this.waiting.indexOf(waiting), 1)
    this.note(() => `${fate === 'lost' ? 'lost: ' : ''}${waiting.what()}`)
    waiting.go(fate)
    return this.stand()
  }

  /** Until nothing moves. */
  async stand(): Promise<void> {
    let before: number
    do {
      before = this.#steps
      await nextTurn()
      await nextTurn()
    } while (before !== this.#steps)
  }
}
