/** What unsafe requests leave of what is stored. */
import { type CacheOptions, cache } from '../../src/index.ts'
import { fresh, type Reply } from './origin.ts'
import { counter, type Site } from './site.ts'

/** Fills the paths, makes the request, and says which of them are still there. */
export async function survivors(
  site: Site,
  paths: readonly string[],
  request: readonly [path: string, init: RequestInit],
): Promise<string[]> {
  for (const path of paths) await site.get(path)
  await site.get(...request)
  const kept: string[] = []
  for (const path of paths) if ((await site.get(path)).cache?.startsWith('hit')) kept.push(path)
  return kept
}

/** A site that answers GET with a page, and whatever else is asked with one reply. */
export const unsafe = (open: Site, reply: Reply, options: CacheOptions = {}): Site => {
  const made = counter()
  open.app.all('*', cache({ policy: 'standard', ...options }), (c) =>
    c.req.method === 'GET'
      ? c.text(made(), 200, fresh(60))
      : new Response(reply.body ?? null, {
          status: reply.status ?? 200,
          ...(reply.headers && { headers: reply.headers }),
        }),
  )
  return open
}
