/** Selecting fields: two requests that ask for the same find one variant, and two that do not find two. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normaliseLanguages, normaliseList, preferred } from '../../src/http/language.ts'

describe('RFC 9111 §4.1 Calculating Cache Keys with the Vary Header Field', () => {
  test.each([
    ['as it is', 'en', 'en'],
    ['space', ' en ,   de ', 'de,en'],
    ['case', 'eN, De', 'de,en'],
    ['order', 'en, de', 'de,en'],
    ['order by quality', 'de;q=0.2, en;q=0.8, fr', 'fr,en;q=0.8,de;q=0.2'],
    ['a quality of one', 'en;q=1.000, de;q=1', 'de,en'],
    ['zeros behind a quality', 'en;q=0.50, de;q=0.500', 'de;q=0.5,en;q=0.5'],
    ['space around a quality', 'en ; q=0.5', 'en;q=0.5'],
    ['a quality in upper case', 'en;Q=0.5', 'en;q=0.5'],
    ['any language', '*;q=0.5, en', 'en,*;q=0.5'],
    ['empty members', ',en,,de,', 'de,en'],
    ['subtags', 'zh-Hant-CN, en-US', 'en-us,zh-hant-cn'],
  ])('%s', (_, field, normal) => {
    expect(normaliseLanguages(field)).toBe(normal)
  })

  test('what a client refuses stays refused', () => {
    expect(normaliseLanguages('*, de;q=0')).not.toBe(normaliseLanguages('*'))
    expect(normaliseLanguages('en, en-GB;q=0')).not.toBe(normaliseLanguages('en'))
  })

  test.each(['en;q=2, de', 'en;level=1, de', 'e n, de', '1, de', 'en;q=0.1234, de', 'en;q=-1, de'])(
    'what is not of the grammar keeps its order: %s',
    (field) => {
      expect(normaliseLanguages(field)).toBe(normaliseList(field))
    },
  )

  test.each([
    ['1, 2', '1,2'],
    [' 1 ,\t2 ', '1,2'],
    ['a b , c', 'a b,c'],
    ['1,,2', '1,,2'],
    ['', ''],
  ])('the space around the commas of any list means nothing: %j', (value, normal) => {
    expect(normaliseList(value)).toBe(normal)
  })

  test('space within quotes means something', () => {
    expect(normaliseList('"a, b"')).not.toBe(normaliseList('"a,b"'))
  })
})

describe('RFC 9110 §12.5.4 Accept-Language', () => {
  test.each<[string, string[], string | null]>([
    ['de', ['de'], 'de'],
    ['DE', ['de'], 'de'],
    ['de-AT', ['de-at'], 'de-at'],
    ['fr;q=0.5, de;q=1.0', ['de'], 'de'],
    ['fr;q=0.5, de;q=0.6', ['fr', 'de'], 'de'],
    ['en, de', ['de', 'en'], 'en'],
    ['de, en', ['de', 'en'], 'de'],
    ['fr, de;q=0.5', ['de'], null],
    ['fr, de', ['de'], 'de'],
    ['*', ['de'], null],
    ['*, de;q=0.5', ['de'], null],
    ['de;q=0', ['de'], null],
    ['', ['de'], null],
    ['de', [], null],
    ['de;q=x', ['de'], null],
  ])('%j prefers of %j: %j', (field, available, language) => {
    expect(preferred(field, available)).toBe(language)
  })
})

describe('whatever a client accepts', () => {
  const member = fc
    .tuple(fc.constantFrom('en', 'de', 'fr', 'zh-Hant', '*'), fc.constantFrom('', ';q=0', ';q=0.5', ';q=1'))
    .map((parts) => parts.join(''))
  const members = fc.uniqueArray(member, { minLength: 1, selector: (text) => text.split(';')[0] })

  test('the order of members means nothing', () => {
    const shuffled = members.chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
    )
    fc.assert(
      fc.property(shuffled, ([some, others]) => {
        expect(normaliseLanguages(others.join(', '))).toBe(normaliseLanguages(some.join(',')))
      }),
    )
  })

  test('a normal field is normal', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          members.map((some) => some.join()),
        ),
        (field) => {
          const normal = normaliseLanguages(field)
          expect(normaliseLanguages(normal)).toBe(normal)
          expect(normaliseList(normaliseList(field))).toBe(normaliseList(field))
        },
      ),
    )
  })

  test('what is preferred is available', () => {
    fc.assert(
      fc.property(members, fc.array(fc.constantFrom('en', 'de', 'fr')), (some, available) => {
        const language = preferred(some.join(), available)
        if (language !== null) expect(available).toContain(language)
      }),
    )
  })
})
