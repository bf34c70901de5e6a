/** What the package adds to a bundle: minified, gzipped, without hono and `@upstash/redis`. A kB is 1,000 bytes. */

import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { atMost } from './measure.ts'

const GOAL = 10

export async function benchSize(): Promise<void> {
  const rows = []
  for (const [what, code] of [
    ['everything', `export * from 'hono-redis-cache'`],
    ['redisCache and cache', `export { redisCache, cache } from 'hono-redis-cache'`],
  ] as const) {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: import.meta.dirname },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      target: 'es2023',
      external: ['hono', 'hono/*', '@upstash/redis', '@upstash/redis/*'],
    })
    const { contents } = outputFiles[0]!
    const gzipped = gzipSync(contents, { level: 9 }).length / 1000
    rows.push({
      what,
      'minified, kB': contents.length / 1000,
      'gzipped, kB': gzipped,
      ...atMost(gzipped, GOAL),
    })
  }
  console.table(rows)
}
