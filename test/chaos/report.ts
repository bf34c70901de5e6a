/** What happened: counts, waits, the violations with what led to them, and memory. */
import type { Sample } from './memory.ts'

const LAST_LINES = 60
const MOST_VIOLATIONS = 20

export interface Report {
  readonly seed: string
  readonly seconds: number
  readonly counts: ReadonlyMap<string, number>
  readonly slowest: ReadonlyMap<string, number>
  readonly violations: readonly string[]
  readonly samples: readonly Sample[]
}

export class Recorder {
  readonly counts = new Map<string, number>()
  readonly slowest = new Map<string, number>()
  readonly violations: string[] = []
  readonly #lines: string[] = []
  readonly #started = performance.now()

  count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }

  took(name: string, milliseconds: number): void {
    this.slowest.set(name, Math.max(milliseconds, this.slowest.get(name) ?? 0))
  }

  /** One line of what a violation is to be understood by. */
  note(line: string): void {
    this.#lines.push(`${this.#now()} ${line}`)
    if (this.#lines.length > LAST_LINES) this.#lines.shift()
  }

  violation(what: string): void {
    this.count('violations')
    if (this.violations.length >= MOST_VIOLATIONS) return
    const before = this.violations.length === 0 ? `\n  after\n    ${this.#lines.join('\n    ')}` : ''
    this.violations.push(`${this.#now()} ${what}${before}`)
    this.note(`VIOLATION ${what}`)
  }

  #now(): string {
    return `${((performance.now() - this.#started) / 1000).toFixed(3)}s`
  }
}

const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(6)

export function print({ seed, seconds, counts, slowest, violations, samples }: Report): string {
  const lines = [`seed ${seed}, ${seconds.toFixed(0)} s`]
  for (const [name, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    lines.push(`  ${name.padEnd(32)} ${count.toLocaleString('en').padStart(10)}`)
  }
  for (const [name, ms] of slowest) lines.push(`  slowest ${name.padEnd(24)} ${ms.toFixed(0).padStart(7)} ms`)
  lines.push('  memory, MiB:    seconds   heap    rss')
  for (const { at, heap, rss } of samples) {
    lines.push(`                  ${at.toFixed(0).padStart(7)} ${megabytes(heap)} ${megabytes(rss)}`)
  }
  lines.push(violations.length === 0 ? 'no violation' : `VIOLATIONS\n${violations.join('\n')}`)
  return lines.join('\n')
}
