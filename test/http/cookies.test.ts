/** The Cookie field: the values of a name, as they were sent, and never those of another name. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cookieValues } from '../../src/http/cookies.ts'

describe('RFC 6265 §5.4 The Cookie Header', () => {
  test.each<[string, string | null | undefined, string[]]>([
    ['the only one', 'theme=dark', ['dark']],
    ['one among others', 'a=1; theme=dark; b=2', ['dark']],
    ['without space', 'a=1;theme=dark', ['dark']],
    ['all of one name, in their order', 'theme=dark; theme=light', ['dark', 'light']],
    ['an empty value', 'theme=', ['']],
    ['a value with an equals sign', 'theme=a=b', ['a=b']],
    ['a value as it was sent', 'theme="%64ark"', ['"%64ark"']],
    ['not a longer name', 'theme2=dark; xtheme=dark', []],
    ['not another case', 'Theme=dark', []],
    ['not a name without a value', 'theme', []],
    ['not a longer name without a value', 'themes', []],
    ['not the space around it', 'a=1; theme = dark ; b=2', ['dark']],
    ['not a value that looks like one', 'a=theme=dark', []],
    ['none of no field', null, []],
    ['none of no field', undefined, []],
    ['none of an empty field', '', []],
  ])('%s', (_, field, values) => {
    expect(cookieValues(field, 'theme')).toEqual(values)
  })
})

test('a name is looked for in its own case', () => {
  expect(cookieValues('SID=1; sid=2', 'SID')).toEqual(['1'])
})

test('whatever a client sends, nothing throws; what it sends under the name is found, and nothing else', () => {
  const name = fc.stringMatching(/^[a-c]{1,2}$/)
  const value = fc.stringMatching(/^[!#-+\--:<-~]*$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), name, (pairs, wanted) => {
      const field = pairs.map((pair) => pair.join('=')).join('; ')
      const expected = pairs.filter(([sent]) => sent === wanted).map(([, sent]) => sent)
      expect(cookieValues(field, wanted)).toEqual(expected)
    }),
  )
  fc.assert(fc.property(fc.string(), name, (field, wanted) => void cookieValues(field, wanted)))
})
