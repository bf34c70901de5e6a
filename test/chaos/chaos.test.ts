/**
 * A minute of the app's time under load and faults: nobody gets a failure, another person's answer, one older than a
 * clear, or one too late. And that a run would notice, by breaking what it relies on.
 */
import { expect, test } from 'vitest'
import { CLEAR } from '../../src/store/scripts.ts'
import type { Bridge } from '../fixtures/bridge.ts'
import { describeWithRedis } from '../fixtures/with-redis.ts'
import { chaos } from './chaos.ts'
import { growth } from './memory.ts'
import { print } from './report.ts'

const SECONDS = 15
const LEAPS = 4

/** Clears that are confirmed and change nothing. */
function swallowClears(bridge: Bridge) {
  bridge.intercept = async (command, forward) => {
    if (command[1] !== CLEAR) return forward()
    return (await forward(['GET', command[3]!])) ?? forward()
  }
}

/** Entries of one person under the keys of another. */
function confuse(bridge: Bridge) {
  bridge.intercept = async (_, forward) => {
    const reply = await forward()
    if (!Array.isArray(reply)) return reply
    return reply.map((text) =>
      typeof text === 'string' ? text.replace('"user":"ann"', '"user":"bob"') : text,
    )
  }
}

describeWithRedis('chaos', () => {
  test('a minute of load and faults, and nobody notices but by the time it takes', async () => {
    const report = await chaos({ seed: 'a minute of the tests', seconds: SECONDS, speed: LEAPS })
    expect(report.violations, print(report)).toEqual([])
    for (const what of [
      'answers: hit',
      'answers: miss',
      'answers: bypass',
      'answers: shared',
      'clears: confirmed',
    ]) {
      expect(report.counts.get(what), what).toBeGreaterThan(10)
    }
    expect([...report.counts.keys()].filter((name) => name.startsWith('fault: ')).length).toBeGreaterThan(5)
  })

  test.each([
    ['clears that are confirmed and not made', swallowClears, /older than a clear/],
    ["another person's entry", confuse, /another person's: bob, asked by ann/],
  ])('%s would be noticed', async (_, sabotage, violation) => {
    const { violations } = await chaos({ seed: 'noticed', seconds: 3, calm: true, sabotage })
    expect(violations.join('\n')).toMatch(violation)
  })
})

const samples = (megabytes: (at: number) => number) =>
  Array.from({ length: 20 }, (_, at) => ({ at, heap: megabytes(at) * 2 ** 20, rss: 2 ** 28 }))

test('memory that fills up and stays is bounded, memory that goes on growing is not', () => {
  expect(growth(samples((at) => Math.min(40, 20 + 5 * at)))).toBeNull()
  expect(growth(samples((at) => 20 + 2 * at))).toBe('heap grows: 34 MiB, then 54 MiB')
  expect(growth([])).toMatch(/too few/)
})
