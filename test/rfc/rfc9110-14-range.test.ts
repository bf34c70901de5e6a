/** RFC 9110 §14, Range Requests: parts of what is stored. */
import { expect, test } from 'vitest'
import { cache } from '../../src/index.ts'
import { at, fresh, originAt } from '../support/origin.ts'
import { onBothStores, pass } from '../support/stores.ts'
import { ask, BODY, WHOLE } from './ranges.ts'

onBothStores('RFC 9110 §14, from a stored 200', (open) => {
  test.each([
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-99', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', BODY, 'bytes 0-9/10'],
    ['BYTES=2-4', '234', 'bytes 2-4/10'],
  ])('%s: %j', async (range, body, contentRange) => {
    for (const policy of ['safe', 'standard'] as const) {
      const headers = { ...WHOLE.headers, 'content-type': 'video/mp4' }
      const site = originAt(open(), [{ ...WHOLE, headers }], { policy })
      await site.get('/page')
      const part = await site.get('/page', ask(range))
      expect(part).toMatchObject({ status: 206, body, cache: 'hit; ttl=60' })
      const fields = ['content-range', 'etag', 'content-type'].map((name) => part.headers.get(name))
      expect(fields).toEqual([contentRange, '"v1"', 'video/mp4'])
    }
  })

  test.each([
    ['several ranges', 'bytes=0-1,4-5'],
    ['another unit', 'lines=0-1'],
    ['the last before the first', 'bytes=4-2'],
    ['nothing at all', 'bytes=-'],
    ['something else', '0-1'],
  ])('%s: the whole', async (_, range) => {
    const site = originAt(open(), [WHOLE])
    await site.get('/page')
    const answer = await site.get('/page', ask(range))
    expect(answer).toMatchObject({ status: 200, body: BODY, cache: 'hit; ttl=60' })
    expect(answer.headers.has('content-range')).toBe(false)
  })

  test.each(['bytes=10-', 'bytes=10-12', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s: 416, with the length, so that the client can ask again',
    async (range) => {
      const site = originAt(open(), [WHOLE])
      await site.get('/page')
      const answer = await site.get('/page', ask(range))
      expect(answer).toMatchObject({ status: 416, body: '' })
      expect(answer.headers.get('content-range')).toBe('bytes */10')
      expect(answer.headers.has('content-type')).toBe(false)
    },
  )

  test.each<[string, Record<string, string>, number]>([
    ['the ETag of what is stored', { 'if-range': '"v1"' }, 206],
    ['another ETag', { 'if-range': '"v2"' }, 200],
    ['a weak one, which says nothing of bytes', { 'if-range': 'W/"v1"' }, 200],
    ['the date of what is stored', { 'if-range': at(-9) }, 206],
    ['another date', { 'if-range': at(-8) }, 200],
    ['the client has the whole', { 'if-none-match': '"v1"' }, 304],
  ])('If-Range and conditions: %s', async (_, headers, status) => {
    const site = originAt(open(), [WHOLE])
    await site.get('/page')
    expect((await site.get('/page', ask('bytes=0-1', headers))).status).toBe(status)
  })

  test('a date is no validator where the page says that it was made in that second', async () => {
    const headers = { ...fresh(60), date: at(-9), 'last-modified': at(-9) }
    const site = originAt(open(), [{ headers, body: BODY }])
    await site.get('/page')
    expect((await site.get('/page', ask('bytes=0-1', { 'if-range': at(-9) }))).status).toBe(200)
  })

  test('bytes are counted, not characters', async () => {
    const site = originAt(open(), [{ ...WHOLE, body: 'aüb' }])
    await site.get('/page')
    expect((await site.get('/page', ask('bytes=1-2'))).body).toBe('ü')
    expect((await site.get('/page', ask('bytes=3-'))).body).toBe('b')
  })

  test('Range is defined for GET alone, and for what is a success', async () => {
    const site = originAt(open(), [WHOLE, { status: 404, headers: fresh(60), body: 'not here' }])
    await site.get('/page')
    expect((await site.get('/page', { method: 'HEAD', ...ask('bytes=0-1') })).status).toBe(200)
    await site.get('/gone')
    expect(await site.get('/gone', ask('bytes=0-1'))).toMatchObject({ status: 404, body: 'not here' })
  })

  test('a digest of the whole is none of a part', async () => {
    const digests = { 'content-digest': 'sha-256=:AAAA:', 'content-md5': 'AAAA' }
    const site = originAt(open(), [{ ...WHOLE, headers: { ...WHOLE.headers, ...digests } }])
    await site.get('/page')
    const has = async (init?: RequestInit) => (await site.get('/page', init)).headers.has('content-digest')
    expect([await has(), await has(ask('bytes=2-4'))]).toEqual([true, false])
  })

  test('a stale 200 is validated as a whole, and the part is given of it', async () => {
    const site = originAt(open(), [WHOLE, { status: 304, headers: fresh(60) }])
    await site.get('/page')
    pass(60)
    expect(await site.get('/page', ask('bytes=2-4'))).toMatchObject({ status: 206, body: '234' })
    expect(site.asked[1]!.headers.has('range')).toBe(false)
    expect(await site.get('/page')).toMatchObject({ status: 200, body: BODY, cache: 'hit; ttl=60' })
  })
})

onBothStores('parts of one version and no other, as an S3 client downloads them', (open) => {
  test.each([
    ['if-match', '"v0"'],
    ['if-unmodified-since', at(-99)],
  ])(
    '%s is for the handler to judge: no part of another version comes in its place',
    async (name, version) => {
      for (const isStored of [true, false]) {
        const site = originAt(open(), [...(isStored ? [WHOLE] : []), { status: 412, body: 'changed' }])
        if (isStored) await site.get('/page')
        expect(await site.get('/page', ask('bytes=2-4', { [name]: version }))).toMatchObject({
          status: 412,
          cache: 'fwd=request',
        })
        expect(site.asked.at(-1)!.headers.get(name)).toBe(version)
      }
    },
  )
})

onBothStores('parts of what is large', (open) => {
  test('a body shorter than its Content-Length is no whole', async () => {
    const site = originAt(open(), [{ headers: { ...fresh(60), 'content-length': '99' }, body: BODY }])
    await site.get('/page')
    expect(site.transcript().at(-1)).toBe('not-stored GET /* {reason: cut-short}')
  })

  test('a body too large to be stored streams through, byte for byte', async () => {
    const site = open()
    const chunk = new Uint8Array(65_536).fill(97)
    site.app.get('/page', cache({ policy: 'standard', maxBodyBytes: 100_000 }), () => {
      let chunks = 0
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (chunks++ < 64) controller.enqueue(chunk)
          else controller.close()
        },
      })
      return new Response(body, { headers: fresh(60) })
    })
    const answer = await site.get('/page')
    expect(answer.body.length).toBe(64 * 65_536)
    expect(site.transcript().at(-1)).toBe('not-stored GET /page {reason: too-large}')
    expect((await site.get('/page')).body.length).toBe(64 * 65_536)
  })

  test('a megabyte that is no text is stored, and cut where it is asked', async () => {
    const body = new Uint8Array(1_000_000).map((_, i) => i % 251)
    const site = originAt(open(), [{ headers: fresh(60), body }])
    await site.get('/page')
    const answer = await site.fetch('/page', ask('bytes=500000-500999'))
    expect(answer.headers.get('content-range')).toBe('bytes 500000-500999/1000000')
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(body.subarray(500_000, 501_000))
  })
})
