/** RFC 6585: four statuses say something of one client or of one request, and "MUST NOT be stored by a cache". */
import { expect, test } from 'vitest'
import { fresh, originAt } from '../support/origin.ts'
import { onBothStores } from '../support/stores.ts'

onBothStores('what one client has brought about', (open) => {
  // §3 Precondition Required, §4 Too Many Requests, §5 Request Header Fields Too Large, §6 Network Authentication Required
  test.each([428, 429, 431, 511])('%s is nobody else’s, however fresh it says it is', async (status) => {
    const site = originAt(open(), [{ status, headers: fresh(60), body: 'not you' }, { headers: fresh(60) }])
    expect(await site.get('/page')).toMatchObject({ status, cache: 'fwd=uri-miss; detail=status' })
    expect(await site.get('/page')).toMatchObject({ status: 200, cache: 'fwd=uri-miss; stored' })
  })
})
