/** What the package is to those who install it: its exports, and the files that it brings. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import * as index from '../src/index.ts'

const ROOT = new URL('..', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8')

describe('the public exports', () => {
  test('are these and no others', () => {
    expect(Object.keys(index).sort()).toEqual([
      'cache',
      'md5',
      'memoize',
      'memoryStore',
      'openCache',
      'redisCache',
      'redisStore',
      'warnOnce',
    ])
  })

  test('are functions', () => {
    for (const value of Object.values(index)) expect(value).toBeTypeOf('function')
  })

  test('have no default', () => {
    expect(index).not.toHaveProperty('default')
  })

  const [, ...lists] = read('src/index.ts').split(/\bexport /)
  const types = lists.flatMap((list) => {
    const all = list.startsWith('type ')
    const names = /\{([^}]*)\}/
      .exec(list)![1]!
      .split(',')
      .map((name) => name.trim())
    return names
      .filter((name) => all || name.startsWith('type '))
      .map((name) => name.replace(/^type /, ''))
      .filter((name) => name !== '')
  })

  test('the types that their signatures name can be imported too', () => {
    expect(types.sort()).toEqual([
      'BypassReason',
      'CacheEvent',
      'CacheHandle',
      'CacheOptions',
      'ClearTarget',
      'Command',
      'Commit',
      'CommitOutcome',
      'ConnectionOptions',
      'Explanation',
      'Md5',
      'MemoizeOptions',
      'Memoized',
      'MemoryStoreOptions',
      'MissReason',
      'Near',
      'NotStoredReason',
      'OpenCacheOptions',
      'Query',
      'QueryRule',
      'Reading',
      'RedisCacheOptions',
      'RedisStoreOptions',
      'Seen',
      'Send',
      'Snapshot',
      'Store',
      'StoreFailure',
      'Time',
      'Timeout',
      'UpstashClient',
      'Vary',
      'Write',
    ])
  })

  test('the types say what they are where an editor shows them', () => {
    const files = readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' })
    const source = files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => read(`src/${file}`))
      .join('\n')
    const documented = source.matchAll(/\*\/\nexport (?:interface|type) (\w+)/g)
    const told = new Set(Array.from(documented, ([, name]) => name))
    expect(types.filter((name) => !told.has(name))).toEqual([])
  })
})

describe('package.json', () => {
  const manifest = JSON.parse(read('package.json'))

  test('has one entry, and it is ESM with types', () => {
    expect(manifest.type).toBe('module')
    expect(manifest.exports).toEqual({ '.': { types: './dist/index.d.ts', default: './dist/index.js' } })
  })

  test('brings no dependency: Hono is the app’s, @upstash/redis is optional', () => {
    expect(manifest.dependencies).toBeUndefined()
    expect(Object.keys(manifest.peerDependencies).sort()).toEqual(['@upstash/redis', 'hono'])
    expect(manifest.peerDependenciesMeta).toEqual({ '@upstash/redis': { optional: true } })
  })

  test('says which Node it needs, as does the lock file', () => {
    expect(manifest.engines).toEqual({ node: '>=20.10' })
    expect(JSON.parse(read('package-lock.json')).packages[''].engines).toEqual(manifest.engines)
  })

  test('runs nothing where it is installed', () => {
    const scripts = Object.keys(manifest.scripts)
    expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([])
  })

  test('may be shaken by bundlers', () => {
    expect(manifest.sideEffects).toBe(false)
  })
})

describe('npm pack', () => {
  const packed = (): string[] => {
    const { stdout, stderr, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: fileURLToPath(ROOT),
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    const result = JSON.parse(stdout)
    const [{ files }] = Array.isArray(result) ? result : (Object.values(result) as typeof result)
    return files.map(({ path }: { path: string }) => path)
  }

  test('holds the build, its sources, and what a package must say: nothing else', () => {
    const files = packed()
    const allowed =
      /^(?:dist\/.+\.(?:js|d\.ts|(?:js|d\.ts)\.map)|src\/.+\.ts|README\.md|LICENSE|package\.json)$/
    expect(files.filter((file) => !allowed.test(file))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'package.json', 'src/index.ts']))
    expect(files).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts', 'dist/index.d.ts.map']))
  })
})
