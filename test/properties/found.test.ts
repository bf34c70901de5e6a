/** What the random routes have found, each as the shortest story that showed it. */
import { expect, test } from 'vitest'
import { tellTwice } from './compare.ts'
import type { Recipe, Story } from './recipe.ts'
import type { Call } from './world.ts'

const ROUTE: Recipe = {
  source: 'cookie',
  kind: 'plain',
  bodyAbove: false,
  inner: [],
  steps: [],
  late: [],
  respond: 'json',
  errors: 'none',
  methods: ['GET'],
  exclude: [],
  options: {},
  built: false,
}

const page = (headers: Record<string, string>): Call => ({
  method: 'GET',
  url: 'http://world.test/page/0',
  headers,
})

const STORIES: Readonly<Record<string, readonly [Partial<Recipe>, ...Call[]]>> = {
  'whether there is a variable, asked with `in`, is an input': [
    { steps: [{ read: 'names', name: '', way: 'in' }] },
    page({ 'x-tenant': 'acme' }),
    page({}),
  ],
  'so are the names of all of them': [
    { steps: [{ read: 'names', name: '', way: 'Object.keys' }], exclude: ['db', 'session'] },
    page({}),
    page({ 'x-tenant': 'acme' }),
  ],
  'a variable read through its descriptor is read': [
    { steps: [{ read: 'variable', name: 'session', way: 'its descriptor' }] },
    page({}),
    page({ cookie: 'session=bob:guest:0' }),
  ],
  'a header that a validator above has not found is read as well': [
    { steps: [{ read: 'header', name: 'accept-language', way: 'c.req.valid' }] },
    page({}),
    page({ 'accept-language': 'fr' }),
  ],
  'named cookies, and a body that was read above: the request cannot be cloned any more': [
    { bodyAbove: true, methods: ['POST'], options: { vary: { headers: [], vars: [], cookies: ['theme'] } } },
    { ...page({ cookie: 'theme=dark' }), method: 'POST', body: '{}' },
  ],
}

test.each(Object.keys(STORIES))('%s', async (name) => {
  const [route, ...calls] = STORIES[name]!
  const story: Story = {
    route: { ...ROUTE, ...route },
    groups: calls.map((call) => ({ calls: [call], seconds: 0 })),
  }
  const { difference, requests } = await tellTwice(story)
  expect(difference).toBeNull()
  expect(requests).toBe(calls.length)
})
