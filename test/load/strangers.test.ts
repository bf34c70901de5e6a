/** What waits together is not shared with strangers: each has what is theirs, at once, and the next do not queue. */
import { getCookie, setCookie } from 'hono/cookie'
import { describe, expect, test } from 'vitest'
import { until } from '../support/gate.ts'
import { onBothStores, pass } from '../support/stores.ts'
import { crowd, times } from './crowd.ts'

const asked = (name: string): RequestInit => ({
  headers: { cookie: `user=${name}`, 'accept-language': name },
})

/** Longer than a test may take: whoever waited for it would fail. */
const PATIENT = { coalesceWait: 60 }

onBothStores('followers of an answer that is somebody’s own', (open) => {
  const OWN: [string, Parameters<typeof crowd>[2]][] = [
    [
      'private',
      (c, body) =>
        c.text(`${body} for ${c.req.query('nobody') ?? 'one'}`, 200, { 'cache-control': 'private' }),
    ],
    [
      'with a cookie',
      (c, body) => {
        setCookie(c, 'session', body)
        return c.text(`${body} for one`)
      },
    ],
    [
      'thrown',
      (_, body) => {
        throw new Error(`${body} for one`)
      },
    ],
    ['made of a cookie', (c, body) => c.text(`${body} for ${getCookie(c, 'user')}`)],
    [
      'skipped',
      (c, body) => {
        c.get('cache').skip()
        return c.text(`${body} for one`)
      },
    ],
  ]

  test.each(OWN)('%s: each has their own, all at once', async (_, respond) => {
    const site = crowd(open(), PATIENT, respond)
    const { answer } = await site.lead(asked('ada'))
    const { answers } = await site.follow(asked('bob'), asked('cy'))
    site.gate.open()
    const got = [await answer, ...(await answers)]
    expect(new Set(got.map(({ body }) => body)).size).toBe(3)
    expect(got.some(({ cache }) => cache!.includes('collapsed'))).toBe(false)
    expect(new Set(got.map(({ headers }) => headers.get('set-cookie') ?? headers)).size).toBe(3)
    expect(site.runs()).toBe(3)
  })

  test('a page of one’s cookie is given to that one alone', async () => {
    const site = crowd(open(), PATIENT, (c, body) => c.text(`${body} ${getCookie(c, 'user')}`))
    await site.lead(asked('ada'))
    const { answers } = await site.follow(asked('bob'), asked('cy'))
    site.gate.open()
    const users = (await answers).map(({ body }) => body.split(' ')[1])
    expect(users).toEqual(['bob', 'cy'])
  })

  test('and for five seconds nobody queues for it', async () => {
    const site = crowd(open(), PATIENT, (c, body) => c.text(body, 200, { 'cache-control': 'private' }))
    const first = await site.lead()
    site.gate.open()
    await first.answer
    await site.settle()
    const again = site.again()
    const { answers } = await site.follow(...times(5))
    // All are at work at once: none waits for another.
    await until(() => site.runs() === 6)
    again.open()
    expect(new Set((await answers).map(({ body }) => body)).size).toBe(5)
  })

  test('but no longer than that', async () => {
    const site = crowd(open(), PATIENT, (c, body) =>
      c.text(body, 200, body === 'one' ? { 'cache-control': 'private' } : {}),
    )
    const first = await site.lead()
    site.gate.open()
    await first.answer
    await site.settle()
    pass(6)
    const again = site.again()
    const { answers } = await site.follow(...times(5))
    again.open()
    expect(new Set((await answers).map(({ body }) => body))).toEqual(new Set(['two']))
  })
})

onBothStores('followers whose key covers more', (open) => {
  describe('than the leader’s', () => {
    test('a language that the handler turns out to read: only who has it shares', async () => {
      const site = crowd(open(), PATIENT, (c, body) => c.text(`${body} ${c.req.header('accept-language')}`))
      const { answer } = await site.lead(asked('en'))
      const { answers } = await site.follow(asked('en'), asked('de'))
      site.gate.open()
      expect((await answer).body).toBe('one en')
      expect((await answers).map(({ body }) => body)).toEqual(['one en', 'two de'])
    })

    test('once that is known, each language has its own leader', async () => {
      const site = crowd(open(), PATIENT, (c, body) => c.text(`${body} ${c.req.header('accept-language')}`))
      site.gate.open()
      await site.get('/page', asked('fr'))
      const before = site.runs()
      const again = site.again()
      const both = [asked('en'), asked('de')]
      const { answers } = await site.follow(...both, ...both, ...both)
      // Both are at work at once: neither waits for the other.
      await until(() => site.runs() - before === 2)
      again.open()
      const languages = (await answers).map(({ body }) => body.split(' ')[1])
      expect(languages).toEqual(['en', 'de', 'en', 'de', 'en', 'de'])
      expect(site.runs() - before).toBe(2)
    })
  })
})
