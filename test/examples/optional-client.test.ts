/**
 * `@upstash/redis` is an optional peer: an app that brings another store is bundled without it, and one that gives a
 * URL all the same is told at run time, and answers.
 */

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Credentials, ROOT, type Running, requireDist, startWorker } from './run.ts'

const WORKER = `
  import { Hono } from 'hono'
  import { cache, memoryStore, redisCache } from 'hono-redis-cache'

  const app = new Hono()
  const store = memoryStore()
  app.use('/memory', redisCache({ store }))
  app.use('/redis', redisCache())
  app.get('*', cache(), (c) => c.text('made'))
  export default app
`
/** Nothing is ever asked of it. */
const REDIS: Credentials = { url: 'http://127.0.0.1:9', token: 'secret' }

let directory: string
let running: Running | undefined
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'without-upstash-'))
  requireDist()
  const modules = join(directory, 'node_modules')
  mkdirSync(join(modules, 'hono-redis-cache'), { recursive: true })
  for (const part of ['dist', 'package.json']) {
    cpSync(join(ROOT, part), join(modules, 'hono-redis-cache', part), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules/hono'), join(modules, 'hono'))
  writeFileSync(join(directory, 'worker.js'), WORKER)
})
afterAll(async () => {
  await running?.stop()
  rmSync(directory, { recursive: true })
})

test('a Worker is bundled without the client, and answers', async () => {
  const { outputFiles, errors } = await build({
    entryPoints: [join(directory, 'worker.js')],
    absWorkingDir: directory,
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  })
  expect(errors).toEqual([])
  running = await startWorker(outputFiles[0]!.text, REDIS)

  const stored = await running.request('/memory')
  expect(stored.headers.get('cache-status')).toBe('hono-redis-cache; fwd=uri-miss; stored')
  const told = await running.request('/redis')
  expect([told.status, await told.text()]).toEqual([200, 'made'])
  expect(told.headers.get('cache-status')).toBe('hono-redis-cache; fwd=bypass; detail=store')
  await expect.poll(running.output).toContain('no-client')
})

// What webpack, Rspack and Turbopack, and so Next.js, go by: to them a `catch()` says nothing, and the build fails.
test('the import of the client stands in a try', () => {
  const built = readFileSync(join(ROOT, 'dist/connect.js'), 'utf8')
  expect(built.match(/\bimport\(/g)).toHaveLength(1)
  expect(built).toMatch(/try \{\s*return await import\('@upstash\/redis\/cloudflare'\);?\s*\}\s*catch \{/)
})
