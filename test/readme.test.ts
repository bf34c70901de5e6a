/**
 * The README keeps its word: each of its snippets is type-checked against the packed package and run, and its tables
 * name what the code has and nothing else.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cache, memoize, memoryStore, openCache, redisCache } from '../src/index.ts'
import { ROOT } from './examples/run.ts'
import { type Bridge, startBridge } from './fixtures/bridge.ts'
import { type RedisServer, redisAvailable, startRedis } from './fixtures/redis-server.ts'
import { describeWithRedis } from './fixtures/with-redis.ts'
import { binary, emptyFolder, type Folder, removeTarball, run } from './readme/folder.ts'
import { fences, fenceUnder, namesInTable, README } from './readme/markdown.ts'
import { membersOf, membersOfUnion, optionsIn } from './readme/named-in-code.ts'
import { curl, start } from './readme/quick-start.ts'
import { type Snippet, snippets } from './readme/snippets.ts'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

afterAll(removeTarball)

describe('the snippets', () => {
  let folder: Folder
  let redis: RedisServer | undefined
  let bridge: Bridge | undefined
  beforeAll(async () => {
    folder = emptyFolder()
    await folder.install('hono', '@upstash/redis', '@types/node', 'hono-redis-cache')
    folder.write('package.json', JSON.stringify({ type: 'module' }))
    folder.write('tsconfig.json', JSON.stringify(TSCONFIG))
    folder.write(
      'node_modules/ioredis/package.json',
      JSON.stringify({ type: 'module', exports: './index.js' }),
    )
    folder.write('node_modules/ioredis/index.js', 'export class Redis { async call() {} }')
    folder.write('clients.d.ts', CLIENTS)
    for (const { file, program } of snippets) folder.write(file, program)
    if (!redisAvailable()) return
    redis = await startRedis()
    bridge = await startBridge({ redis })
  })
  afterAll(async () => {
    await bridge?.stop()
    await redis?.stop()
    folder.remove()
  })

  async function check({ runtime, file, prints }: Snippet): Promise<void> {
    await redis?.command('FLUSHALL')
    const env: Record<string, string> =
      redis && bridge
        ? {
            UPSTASH_REDIS_REST_URL: bridge.url,
            UPSTASH_REDIS_REST_TOKEN: bridge.token,
            REDIS_URL: `redis://127.0.0.1:${redis.port}`,
            REDIS_PORT: String(redis.port),
          }
        : {}
    const { code, text } = await run([binary(runtime), file], folder.path, env)
    expect({ code, prints: text.replace(NO_REDIS, '') }).toEqual({ code: 0, prints })
  }

  test('type-check against the published types', async () => {
    expect(await run([binary('tsc'), '-p', '.'], folder.path)).toEqual({ code: 0, text: '' })
  })

  test('nor do these ask for the types of a browser, but for those that every platform has', async () => {
    const compilerOptions = { ...TSCONFIG.compilerOptions, lib: ['ES2022'], types: [], skipLibCheck: false }
    folder.write('bare/index.ts', "export * from 'hono-redis-cache'\n")
    folder.write('bare/tsconfig.json', JSON.stringify({ compilerOptions }))
    const { text } = await run([binary('tsc'), '-p', 'bare'], folder.path)
    const missing = text
      .split('\n')
      .filter((line) => line.includes('hono-redis-cache/'))
      .map((line) => line.replace(/^.*: error/, ''))
    expect([...new Set(missing)].sort()).toEqual([
      " TS2304: Cannot find name 'Headers'.",
      " TS2304: Cannot find name 'ReadableStream'.",
      " TS2304: Cannot find name 'Request'.",
      " TS2304: Cannot find name 'Response'.",
    ])
  })

  test.each(snippets.filter(({ redis }) => !redis))('$at', check)

  describeWithRedis('the snippets that need Redis', () => {
    test.each(snippets.filter(({ redis }) => redis))('$at', check)
  })

  test('are not forgotten: every function that is exported has an example in its doc comment', () => {
    const documented = snippets.filter(({ at }) => at.startsWith('src/')).map(({ program }) => program)
    for (const name of [
      'cache',
      'memoize',
      'memoryStore',
      'openCache',
      'redisCache',
      'redisStore',
      'warnOnce',
    ]) {
      const called = new RegExp(`\\b${name}\\(`)
      expect(documented.some((program) => called.test(program.replace(PREAMBLE, '')))).toBe(true)
    }
  })

  test('are all that there is: no fence is in a language that nobody runs', () => {
    const run = fences.filter(
      ({ language, comment }) => language === 'ts' || comment !== '' || language === 'sh',
    )
    expect(fences.filter((fence) => !run.includes(fence))).toEqual([])
  })
})

describe('the quick start', () => {
  let folder: Folder
  beforeAll(() => {
    folder = emptyFolder()
  })
  afterAll(() => folder.remove())

  test('works in an empty folder, and prints what it says', async () => {
    for (const line of fenceUnder('quick start: prepare').code.trim().split('\n')) {
      const [, names] = /^npm install (.+)$/.exec(line) ?? []
      if (names) await folder.install(...names.split(' '))
      else
        expect(await run(['sh', '-c', `(${line}) >/dev/null 2>&1`], folder.path)).toEqual({
          code: 0,
          text: '',
        })
    }
    folder.write('app.js', fenceUnder('quick start: app.js').code)
    const [command, ...args] = fenceUnder('quick start: start').code.trim().split(' ')
    const app = await start([binary(command!), ...args], folder.path)
    try {
      const told = []
      for (const line of fenceUnder('quick start: try').code.trim().split('\n'))
        told.push(await curl(line, app.port))
      const seconds = (text: string) => text.replace(/ttl=\d+/g, 'ttl=…')
      expect(told.map(seconds)).toEqual(
        fenceUnder('quick start: output').code.trim().split('\n').map(seconds),
      )
      expect(app.output()).toContain('hono-redis-cache: no Redis is configured')
    } finally {
      await app.stop()
    }
  })
})

describe('the commands', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

  test('to start and to test are those of package.json, and CI runs exactly the latter', () => {
    const commands = fences.filter(({ language, comment }) => language === 'sh' && comment === '')
    expect(commands.map(({ code }) => code)).toEqual(['npm ci && npm start\n', 'npm cit\n'])
    expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) })
    expect(read('.ci/run').trim().split('\n').at(-1)).toBe('CI=true npm cit')
  })

  test('that it names are scripts that there are', () => {
    const named = [...README.matchAll(/`npm (?:run (\w+)|(test|start))\b/g)].map(
      ([, one, other]) => one ?? other!,
    )
    expect(named).toContain('bench')
    expect(named.filter((name) => !scripts[name])).toEqual([])
  })
})

describe('the tables', () => {
  test('of options name all options that are accepted, and no others', () => {
    const wrong: object = { nothing: 1 }
    expect(namesInTable('### `redisCache(options)`', 'option')).toEqual(optionsIn(() => redisCache(wrong)))
    expect(namesInTable('### `cache(options)`', 'option')).toEqual(optionsIn(() => cache(wrong)))
    expect(namesInTable('### Outside a request', 'option')).toEqual(optionsIn(() => openCache(wrong)))
    expect(namesInTable('### Functions: `memoize`', 'option')).toEqual(
      optionsIn(() => memoize(async () => {}, { name: 'x', ...wrong })),
    )
    expect(namesInTable('### Where entries live', 'option')).toEqual([
      ...membersOf('src/store/redis.ts', 'RedisStoreOptions'),
      ...membersOf('src/store/memory.ts', 'MemoryStoreOptions'),
    ])
  })

  test('of the handle name all of its calls, and all forms of clear', async () => {
    const app = new Hono().use(redisCache({ store: memoryStore() }))
    app.get('/', (c) => c.json(Object.keys(c.get('cache'))))
    const calls = namesInTable("### `c.get('cache')`", 'call')
    expect([...new Set(calls.map((call) => call.replace(/\(.*/, '')))]).toEqual(
      await (await app.request('/')).json(),
    )
    const [, forms] = /const FORMS = 'clear\(\), or one of (.*)'/.exec(read('src/options/clearing.ts'))!
    expect(calls.filter((call) => call.startsWith('clear({'))).toEqual(
      forms!.match(/\{.*?\}/g)!.map((form) => `clear(${form})`),
    )
  })

  test('of keys in Redis has each kind of name that there is', () => {
    const made = read('src/store/scope.ts').matchAll(/`(\w):\$|EVERYTHING = '(\w)'/g)
    const kinds = [...made].map(([, scope, everything]) => scope ?? everything!)
    const told = namesInTable('### Where entries live', 'key').map((key) => key.split(':')[1]!)
    expect(told.sort()).toEqual([...kinds, 'clock'].sort())
  })

  test('of middleware has the rows that are tested, and no other', () => {
    const [, rows] = /const rows.*\{\n([\s\S]*?)\n\}\n/.exec(read('test/middleware/above-and-below.test.ts'))!
    const tested = [...rows!.matchAll(/^ {2}(?:'(.+)'|([\w-]+)): \{/gm)]
    const [, section] = README.split("\n## Hono's own middleware\n")
    const [, ...told] = section!.split('\n## ', 1)[0]!.matchAll(/^\| ([\w`].*?) +\| /gm)
    expect(told.map(([, name]) => name!.replaceAll('`', ''))).toEqual(
      tested.map(([, quoted, plain]) => quoted ?? plain),
    )
  })

  test.each([
    ['`type`', 'src/events.ts', 'CacheEvent'],
    ['reason of a `miss`', 'src/events.ts', 'MissReason'],
    ['reason of a `bypass`', 'src/events.ts', 'BypassReason'],
    ['reason of a `not-stored`', 'src/events.ts', 'NotStoredReason'],
    ['reason of a `store-failed`', 'src/errors.ts', 'StoreFailure'],
  ])('of events: each %s is in the README, and no other', (head, file, type) => {
    expect(namesInTable('## Events', head).sort()).toEqual(membersOfUnion(file, type).sort())
  })
})

test('the row of `store-failed` names each operation', () => {
  const [, operations] = /readonly operation: (.+)/.exec(read('src/events.ts'))!
  const [row] = /^\| `store-failed`.*$/m.exec(README)!
  for (const [, operation] of operations!.matchAll(/'([\w-]+)'/g)) expect(row).toContain(operation)
})

test('the layout of src is what it says', () => {
  const rooms = readdirSync(join(ROOT, 'src'), { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? `${entry.name}/` : entry.name,
  )
  expect(namesInTable('## Development', 'in `src`').sort()).toEqual(rooms.sort())
})

test('the links lead somewhere', () => {
  const anchors = [...README.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
  const links = [...README.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor!)
  expect(links.length).toBeGreaterThan(2)
  expect(links.filter((link) => !anchors.includes(link))).toEqual([])
})

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: 'ES2023',
    lib: ['ES2024', 'DOM', 'DOM.Iterable'],
    types: ['node'],
    module: 'NodeNext',
    moduleDetection: 'force',
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['*.ts'],
}

/** Of clients that are not among the development dependencies, the part that is shown. */
const CLIENTS = `
declare module 'ioredis' {
  export class Redis {
    constructor(url?: string)
    call(command: string, ...args: (string | number)[]): Promise<unknown>
  }
}
declare module 'bun' {
  export const redis: { send(command: string, args: string[]): Promise<unknown> }
}
`

const NO_REDIS = /^hono-redis-cache: no Redis is configured.*\n/gm
const PREAMBLE = /^import .*$|^const app = .*$|^app\.use\(redisCache\(\{ store: memoryStore\(\) \}\)\)$/gm
