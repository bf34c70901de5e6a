/** A site on which a memo is called. */
import { type MemoizeOptions, memoize } from '../../src/index.ts'
import { counter, type Site } from '../support/site.ts'

export interface Args {
  id?: string | number | undefined
  lang?: unknown
  db?: unknown
}

/** A route without a cache of its own that answers with what the memo of its query gives. */
export function serve(
  site: Site,
  options: Partial<MemoizeOptions<Args>> = {},
  compute?: (args: Args) => unknown,
) {
  const made = counter()
  const getProduct = memoize(compute ?? ((_: Args): unknown => made()), { name: 'getProduct', ...options })
  const current = { args: {} as Args }
  site.app.get('/call', async (c) => c.json({ value: await getProduct(c, current.args) }))
  site.app.onError((error, c) => c.text(`${nameOf(error)}: ${error.message}`, 500))
  return {
    ...site,
    /** The value of a call, or the text of its error. */
    async call(args: Args = {}): Promise<unknown> {
      current.args = args
      const { status, body } = await site.get('/call')
      return status === 200 ? JSON.parse(body).value : body
    },
    types: () => site.events.map(({ type }) => type).filter((type) => type !== 'handled'),
  }
}

const nameOf = (error: Error): string => (error instanceof TypeError ? 'TypeError' : error.name)
