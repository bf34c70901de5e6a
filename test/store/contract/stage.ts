/**
 * What a chapter of the contract is told on: a way to open the store in question, and what may be done to it beside
 * that.
 *
 * Not every store can lose its clock or let time pass: a story names what it needs, and is told only where that is
 * there.
 */
import type { Store } from '../../../src/store/store.ts'

export interface Harness {
  store: Store
  /** Another store over the same data, as another isolate has. */
  sibling?: Store
  /** What a full Redis may do to any name at any moment. */
  evict?(name: string): Promise<unknown>
  /** Lets the time of the store's expiries pass, without waiting. */
  advance?(seconds: number): Promise<unknown> | unknown
  loseClock?(): Promise<unknown>
  close?(): Promise<unknown>
}

export interface Stage {
  /** A new store for one story; it is closed after it. */
  open(): Promise<Harness>
  /** Stories that need one of these. */
  chapter(needs: readonly (keyof Harness)[], title: string, stories: () => void): void
  /** A story for those stores of which it can be told. */
  story<T extends keyof Harness>(
    needs: T,
    title: string,
    tell: (h: Required<Pick<Harness, T | 'store'>>) => Promise<void>,
  ): void
}
