/** A short run of the fuzzing, and proof that it would find something. */
import assert from 'node:assert/strict'
import { describe, expect, test } from 'vitest'
import { fuzz } from './fuzz.ts'
import { alphabet } from './inputs.ts'
import { PARSERS, type Parser } from './parsers.ts'

describe('a few thousand inputs', () => {
  test.each(PARSERS.map((parser) => [parser.name, parser] as const))('%s', (_, parser) => {
    const { inputs, different } = fuzz(parser, 'tests', 4000)
    expect(inputs).toBe(4000)
    expect(different).toBeGreaterThan(1000)
  })
})

describe('the fuzzing', () => {
  const inputs = alphabet(['a', 'b', '"'], ['"ab"'])
  const parser = (check: Parser['check']): Parser => ({ name: 'a parser', inputs, check })

  test('finds a parser that throws, and says with what', () => {
    const throws = parser((input) => assert(!input.includes('"b"')))
    expect(() => fuzz(throws, 'tests', 10_000)).toThrow(/a parser, seed tests, input \d+: ".*\\"b\\".*"/)
  })

  test('is the same again with the same seed', () => {
    const run = (seed: string) => {
      const seen: string[] = []
      fuzz(
        parser((input) => seen.push(input)),
        seed,
        100,
      )
      return seen
    }
    expect(run('a')).toEqual(run('a'))
    expect(run('a')).not.toEqual(run('b'))
  })

  test('ends when its time is over', () => {
    expect(
      fuzz(
        parser(() => {}),
        'tests',
        1e9,
        0.01,
      ).inputs,
    ).toBeLessThan(1e8)
  })
})
