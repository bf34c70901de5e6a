/**
 * The random routes must be able to fail: with one rule of the observation left out, a wrong answer is found soon.
 */
import { afterEach, expect, test, vi } from 'vitest'
import { campaign } from './compare.ts'

type Rule =
  | 'headers that were read are part of the key'
  | 'variables that were read are part of the key'
  | 'what no key can cover is not stored'
  | 'a body that reads late is observed to its end'
  | 'variables are read through c.var, too'
  | 'a variant is made of the values of its inputs'

const rules = vi.hoisted(() => ({ leftOut: null as string | null }))
const leftOut = (rule: Rule): boolean => rules.leftOut === rule

vi.mock(import('../../src/learn/reads.ts'), async (original) => {
  const { createReader, ...rest } = await original()
  return {
    ...rest,
    createReader(...given: Parameters<typeof createReader>) {
      const reader = createReader(...given)
      const refuse = leftOut('what no key can cover is not stored')
      if (refuse) Object.defineProperty(reader.reads, 'refused', { get: () => null, set: () => {} })
      if (leftOut('headers that were read are part of the key')) reader.header = () => {}
      if (leftOut('variables that were read are part of the key')) reader.variable = () => {}
      return reader
    },
  }
})

vi.mock(import('../../src/learn/inputs.ts'), async (original) => {
  const real = await original()
  return {
    ...real,
    inputsOf: (...given: Parameters<typeof real.inputsOf>) =>
      leftOut('a variant is made of the values of its inputs') ? () => null : real.inputsOf(...given),
  }
})

vi.mock(import('../../src/observe/observe.ts'), async (original) => {
  const { observe } = await original()
  return {
    observe(...given: Parameters<typeof observe>) {
      const observation = observe(...given)
      if (leftOut('variables are read through c.var, too')) Reflect.deleteProperty(given[0], 'var')
      if (!leftOut('a body that reads late is observed to its end')) return observation
      return {
        ...observation,
        returned() {
          observation.end()
          return true
        },
      }
    },
  }
})

afterEach(() => {
  rules.leftOut = null
})

const MOST_STORIES = 150

test.each<Rule>([
  'headers that were read are part of the key',
  'variables that were read are part of the key',
  'what no key can cover is not stored',
  'a body that reads late is observed to its end',
  'variables are read through c.var, too',
  'a variant is made of the values of its inputs',
])('without the rule that %s, somebody gets the answer of another', async (rule) => {
  rules.leftOut = rule
  const { failure } = await campaign(rule, { stories: MOST_STORIES, calls: 40 })
  expect(failure).toContain('through the cache')
})

test('with all rules in force nobody does', async () => {
  const { failure } = await campaign('in force', { stories: MOST_STORIES, calls: 40 })
  expect(failure).toBeNull()
})
