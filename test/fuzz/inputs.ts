/** Inputs for the fuzzing: pieces of a grammar strung together, good examples damaged, and noise. All from a seed. */
import type { Seeded } from '../fixtures/seeded.ts'

export type Alphabet = (random: Seeded) => string

const NOISE = [
  '\0',
  '\t',
  '\n',
  '\r',
  ' ',
  '"',
  "'",
  ',',
  ';',
  '=',
  '\\',
  '/',
  '%',
  '\x7f',
  '\xa0',
  'é',
  'ÿ',
  '→',
  '\ud800',
  '😀',
]

export function alphabet(pieces: readonly string[], examples: readonly string[]): Alphabet {
  return (random) => {
    const kind = random.int(8)
    if (kind === 0) return strung(NOISE, random, 12)
    if (kind < 4) return strung(pieces, random, 10)
    return damaged(random.pick(examples), pieces, random)
  }
}

function strung(pieces: readonly string[], random: Seeded, most: number): string {
  let text = ''
  for (let left = random.int(most + 1); left > 0; left--) text += random.pick(pieces)
  return text
}

/** Up to four times: something put in, taken out, doubled, or in place of something else. */
function damaged(example: string, pieces: readonly string[], random: Seeded): string {
  let text = example
  for (let left = random.int(5); left > 0; left--) {
    const from = random.int(text.length + 1)
    const to = random.chance(0.5) ? from : Math.min(text.length, from + random.int(4))
    const between = random.chance(0.3)
      ? text.slice(from, from + random.int(8))
      : random.pick(random.chance(0.2) ? NOISE : pieces)
    text = text.slice(0, from) + between + text.slice(to)
  }
  return text
}
