/**
 * Logical time: pure arithmetic, so most of it is checked against what the doc comments say, for any input.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countOf, earlier, epochOf, judge, passes, type Seen, timeOf } from '../../src/store/time.ts'

/** Few epochs that are easy to take for one another, and counts that strings would order wrongly. */
const epochs = fc.constantFrom('e', 'E', 'e1', '1e5', '100000', 'a:b', 'a')
const counts = fc.oneof(fc.nat(12), fc.constantFrom(99, 100, 10 ** 14, 10 ** 15))
const times = fc.tuple(epochs, counts).map(([epoch, count]) => timeOf(epoch, count))
const anything = fc.oneof(
  times,
  fc.string(),
  fc.constantFrom('', ':', ':1', 'e:', 'e:-1', 'e:1.5', 'e: 1', '7', 'e:1\n', 'e:١'),
)

/** What a time is, said once more in another way. */
function parse(text: string | null | undefined): { epoch: string; count: number } | null {
  const found = /^([\s\S]+):([0-9]+)$/.exec(text ?? '')
  return found && { epoch: found[1]!, count: Number(found[2]) }
}

describe('time', () => {
  test('a time is its epoch and its count', () => {
    fc.assert(
      fc.property(epochs, counts, (epoch, count) => {
        expect(epochOf(timeOf(epoch, count))).toBe(epoch)
        expect(countOf(timeOf(epoch, count))).toBe(count)
      }),
    )
  })

  test('counts stay exact where Lua would begin to write 1e+14', () => {
    expect(timeOf('e', 10 ** 14)).toBe('e:100000000000000')
    expect(countOf('e:100000000000001')).toBe(100_000_000_000_001)
  })

  test('what is no time has neither', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(epochOf(text)).toBe(parse(text)?.epoch ?? null)
        if (parse(text)) expect(countOf(text)).toBe(parse(text)!.count)
      }),
    )
    for (const text of [
      '',
      ':',
      ':1',
      'e',
      'e:',
      '7',
      'e:-1',
      'e:1.5',
      'e: 1',
      'e:1 ',
      'e:0x1',
      'e:1e5',
      'e:1\n',
    ])
      expect(epochOf(text), JSON.stringify(text)).toBeNull()
    expect(epochOf(null)).toBeNull()
    expect(epochOf(undefined)).toBeNull()
  })
})

describe('passes', () => {
  test.each<[string, string | null | undefined, boolean, string]>([
    ['e:5', 'e:5', true, 'a fence as old as the stamp: created with it'],
    ['e:5', 'e:4', true, 'cleared before the handler ran'],
    ['e:5', 'e:6', false, 'cleared after'],
    ['e:10', 'e:9', true, 'counts are numbers, not strings'],
    ['e:9', 'e:10', false, 'in both directions'],
    ['e:100000000000000', 'e:99999999999999', true, 'large ones too'],
    ['e:5', 'f:1', false, 'another epoch says nothing'],
    ['1e5:5', '100000:1', false, 'epochs are strings, not numbers'],
    ['e:5', 'e:f:1', false, 'an epoch that only begins alike'],
    ['e:f:5', 'e:1', false, 'or ends sooner'],
    ['e:5', null, false, 'a missing fence'],
    ['e:5', undefined, false, 'one that was not asked for'],
    ['e:5', '', false, 'an empty one'],
    ['e:5', 'e:', false, 'one without a count'],
    ['e:5', 'e:x', false, 'one with something else for a count'],
    ['5', 'e:3', false, 'a stamp without an epoch'],
    [':5', ':3', false, 'a stamp with an empty epoch'],
    ['', 'e:3', false, 'no stamp'],
  ])('stamp %s, fence %s: %s (%s)', (stamp, fence, expected) => {
    expect(passes(stamp, fence)).toBe(expected)
  })

  test('exactly where the fence is a time of the same epoch that is not later', () => {
    fc.assert(
      fc.property(times, fc.option(anything), (stamp, fence) => {
        const [s, f] = [parse(stamp)!, parse(fence)]
        expect(passes(stamp, fence)).toBe(f !== null && f.epoch === s.epoch && f.count <= s.count)
      }),
      { numRuns: 2000 },
    )
  })

  test('a stamp that is no time passes nothing but its own text', () => {
    fc.assert(
      fc.property(anything, anything, (stamp, fence) => {
        fc.pre(parse(stamp) === null && stamp !== fence)
        expect(passes(stamp, fence)).toBe(false)
      }),
    )
  })
})

describe('earlier', () => {
  test('of two stamps of one epoch that with the lower count, whichever comes first', () => {
    fc.assert(
      fc.property(anything, anything, (a, b) => {
        const result = earlier(a, b)
        expect(earlier(b, a)).toBe(result)
        if (result === null) expect(epochOf(a) === null || epochOf(a) !== epochOf(b)).toBe(true)
        else {
          expect([a, b]).toContain(result)
          expect(countOf(result)).toBe(Math.min(countOf(a), countOf(b)))
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('what one of two stamps may not use, the earlier may not use either', () => {
    fc.assert(
      fc.property(times, times, times, (a, b, fence) => {
        const both = earlier(a, b)
        fc.pre(both !== null)
        expect(passes(both!, fence)).toBe(passes(a, fence) && passes(b, fence))
      }),
    )
  })
})

describe('judge', () => {
  const seen = (clock: string | null, fences: Record<string, string | null>): Seen => ({
    scopes: Object.keys(fences),
    clock,
    fences: Object.values(fences),
  })

  test('nothing was cleared: valid', () => {
    expect(judge('e:3', ['a', 't'], seen('e:3', { a: 'e:0', t: 'e:3' }), 2)).toBe('valid')
    expect(judge('e:3', ['a', 't'], seen('e:9', { a: 'e:0', t: 'e:3' }), 2)).toBe('valid')
  })

  test.each([
    ['there is no clock', seen(null, { a: 'e:0', t: 'e:3' })],
    ['the clock is of another epoch', seen('f:9', { a: 'e:0', t: 'e:3' })],
    ['the clock is behind the stamp', seen('e:2', { a: 'e:0', t: 'e:1' })],
    ['the clock is no time', seen('7', { a: 'e:0', t: 'e:1' })],
    ['a scope was cleared', seen('e:4', { a: 'e:0', t: 'e:4' })],
    ['everything was cleared', seen('e:4', { a: 'e:4', t: 'e:3' })],
    ['a fence is missing', seen('e:4', { a: 'e:0', t: null })],
    ['a fence is of another epoch', seen('e:4', { a: 'e:0', t: 'f:0' })],
    [
      'a scope of the request, which the entry has not, was cleared',
      seen('e:4', { a: 'e:0', t: 'e:3', r: 'e:4' }),
    ],
    [
      'a scope of the request, which the entry has not, is missing',
      seen('e:4', { a: 'e:0', t: 'e:3', r: null }),
    ],
  ])('not valid, and no second question helps: %s', (_, reply) => {
    expect(judge('e:3', ['a', 't'], reply, reply.scopes.length)).toBe('invalid')
  })

  test('a scope of the entry that was not asked for is a second question', () => {
    const reply = seen('e:3', { a: 'e:0', n: 'e:0' })
    expect(judge('e:3', ['a', 't', 'n', 'u'], reply, 2)).toBe('unasked')
  })

  test('but not where the answer is known already', () => {
    expect(judge('e:3', ['t', 'a'], seen('e:4', { a: 'e:4' }), 1)).toBe('invalid')
    expect(judge('e:3', ['t', 'a'], seen('e:4', { a: 'e:4' }), 0)).toBe('invalid')
  })

  test('a scope guessed from memory counts if it is the entry’s, and else not', () => {
    const cleared = seen('e:4', { a: 'e:0', guess: 'e:4' })
    expect(judge('e:3', ['a'], cleared, 1)).toBe('valid')
    expect(judge('e:3', ['a', 'guess'], cleared, 1)).toBe('invalid')
    expect(judge('e:3', ['a'], cleared, 2)).toBe('invalid')
    expect(judge('e:3', ['a', 'guess'], seen('e:4', { a: 'e:0', guess: null }), 1)).toBe('invalid')
    expect(judge('e:3', ['guess'], seen('e:4', { a: 'e:0', guess: 'e:3' }), 1)).toBe('valid')
  })

  test('it agrees with the sentence that defines it', () => {
    const names = ['a', 'n', 'p', 't', 'u']
    const fences = fc.uniqueArray(fc.constantFrom(...names)).chain((scopes) =>
      fc.record({
        scopes: fc.constant(scopes),
        fences: fc.array(
          fc.option(
            fc.nat(4).map((n) => timeOf('e', n)),
            { freq: 9 },
          ),
          {
            minLength: scopes.length,
            maxLength: scopes.length,
          },
        ),
      }),
    )
    const clocks = fc.oneof(
      { weight: 9, arbitrary: fc.nat(6).map((n) => timeOf('e', n)) },
      fc.option(anything),
    )
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.uniqueArray(fc.constantFrom(...names)),
        fences,
        clocks,
        fc.nat(5),
        (n, scopes, reply, clock, r) => {
          const stamp = timeOf('e', n)
          const required = Math.min(r, reply.scopes.length)
          const known = parse(clock)
          const alive = known !== null && known.epoch === 'e' && known.count >= n
          const counting = reply.scopes.filter((scope, i) => i < required || scopes.includes(scope))
          const passing = counting.every((scope) => {
            const fence = parse(reply.fences[reply.scopes.indexOf(scope)])
            return fence !== null && fence.count <= n
          })
          const unknown = scopes.filter((scope) => !reply.scopes.includes(scope))

          const verdict = judge(stamp, scopes, { ...reply, clock }, required)
          if (!alive || !passing) expect(verdict).toBe('invalid')
          else if (unknown.length > 0) expect(verdict).toBe('unasked')
          else expect(verdict).toBe('valid')
        },
      ),
      { numRuns: 5000 },
    )
  })
})
