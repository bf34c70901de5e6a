/**
 * The floor plan of src, read from its imports: everything points down. Also that a module does nothing when it is
 * loaded, which Workers forbid, and that no file has grown past what a person reads in one go.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Import {
  readonly file: string
  /** A path in src, or a package. */
  readonly target: string
  /** Left in the emitted JavaScript; the others are of types alone. */
  readonly atRunTime: boolean
  readonly dynamic: boolean
}

const SRC = new URL('../src/', import.meta.url)
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort()
const textOf = (file: string) => readFileSync(new URL(file, SRC), 'utf8')

const STATIC = /^(import|export)\s+(type\s+)?(?:[^'"();=]*?\sfrom\s+)?'([^']+)'/gm
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g

const imports = files.flatMap((file): Import[] => {
  const text = textOf(file)
  const resolve = (target: string) => (target.startsWith('.') ? join(dirname(file), target) : target)
  return [
    ...[...text.matchAll(STATIC)].map(([, , type, target]) => ({
      file,
      target: resolve(target!),
      atRunTime: type === undefined,
      dynamic: false,
    })),
    ...[...text.matchAll(DYNAMIC)].map(([, target]) => ({
      file,
      target: resolve(target!),
      atRunTime: true,
      dynamic: true,
    })),
  ]
})
const isOurs = (target: string) => target.endsWith('.ts')
const room = (path: string) => (path.includes('/') ? `${dirname(path)}/` : path)
const importedBy = (of: (file: string) => boolean) =>
  imports.filter(({ file }) => of(file)).map(({ file, target }) => ({ file, target }))

test('the imports were found: every relative specifier of src resolves to a file of it', () => {
  expect(imports.length).toBeGreaterThan(50)
  expect(imports.filter(({ target }) => isOurs(target) && !files.includes(target))).toEqual([])
  const specifiers = files.flatMap((file) =>
    [...textOf(file).matchAll(/(?:\bfrom |\bimport\()'/g)].map(() => file),
  )
  // The example in a doc comment is one of ioredis, and no import of ours.
  const inComments = files.flatMap((file) =>
    [...textOf(file).matchAll(/^ \* import .* from '/gm)].map(() => file),
  )
  expect(imports.length).toBe(specifiers.length - inComments.length)
})

describe('the arrows', () => {
  /** From the ground up. A room imports from the floors below its own, and from nothing above or beside it. */
  const FLOORS: readonly (readonly string[])[] = [
    ['errors.ts', 'callbacks.ts', 'body.ts', 'key/md5.ts'],
    ['checking.ts', 'events.ts'],
    ['http/', 'store/'],
    ['key/', 'entry/'],
    ['options/', 'isolate/', 'respond/'],
    ['protocol/', 'learn/'],
    ['request/'],
    ['connect.ts'],
    ['state.ts', 'handle.ts'],
    ['visit.ts'],
    ['answer.ts', 'observe/'],
    ['miss/'],
    ['unsafe.ts', 'memo/'],
    ['cache.ts', 'init.ts'],
    ['index.ts'],
  ]
  /** Drawn beside the plan: a request's state and its handle name each other's types. */
  const BESIDE: readonly string[] = ['state.ts imports handle.ts', 'handle.ts imports state.ts']
  const floorOf = (file: string) => {
    const ofItsOwn = FLOORS.findIndex((rooms) => rooms.includes(file))
    return ofItsOwn >= 0 ? ofItsOwn : FLOORS.findIndex((rooms) => rooms.includes(room(file)))
  }

  test('every file is in a room of the plan, and every room has a file', () => {
    expect(files.filter((file) => floorOf(file) < 0)).toEqual([])
    const rooms = new Set(files.flatMap((file) => [file, room(file)]))
    expect(FLOORS.flat().filter((name) => !rooms.has(name))).toEqual([])
  })

  test('point down', () => {
    const wrong = imports.filter(
      ({ file, target }) =>
        isOurs(target) &&
        floorOf(target) >= floorOf(file) &&
        (room(target) !== room(file) || floorOf(target) > floorOf(file)),
    )
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`).sort()).toEqual([...BESIDE].sort())
  })

  /** Who may not even use all that is below. */
  const MAY_IMPORT: Record<string, readonly string[]> = {
    'http/': [],
    // What an entry says of its use is the policy's to say, and which fields one may have is said beside the rule that
    // makes them.
    'entry/': ['http/policy.ts', 'http/fields.ts'],
    'store/': ['key/md5.ts', 'errors.ts', 'checking.ts'],
    'key/': ['store/scope.ts'],
  }

  test.each(Object.entries(MAY_IMPORT))('%s imports no more than %o', (name, allowed) => {
    const found = importedBy((file) => room(file) === name)
    expect(found.filter(({ target }) => room(target) !== name && !allowed.includes(target))).toEqual([])
  })

  test('http/ and store/ never meet, not even in a third room below them', () => {
    const reached = (from: string, seen = new Set<string>()): Set<string> => {
      for (const { file, target } of imports) {
        if (file !== from || seen.has(target)) continue
        seen.add(target)
        reached(target, seen)
      }
      return seen
    }
    const below = (name: string) =>
      files.filter((file) => room(file) === name).flatMap((file) => [...reached(file)])
    expect(below('http/').filter((target) => room(target) === 'store/')).toEqual([])
    expect(below('store/').filter((target) => room(target) === 'http/')).toEqual([])
  })

  test('nothing imports index.ts', () => {
    expect(imports.filter(({ target }) => target === 'index.ts')).toEqual([])
  })

  test('index.ts re-exports and does nothing else', () => {
    const rest = textOf('index.ts')
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/^export (?:type )?\{[^}]*\} from '\.\/[^']+'$/gm, '')
    expect(rest.trim()).toBe('')
  })

  test('there are no cycles at run time', () => {
    const cycles: string[][] = []
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) {
        cycles.push([...path.slice(path.indexOf(file)), file])
        return
      }
      for (const next of imports) {
        if (next.file === file && next.atRunTime && isOurs(next.target)) visit(next.target, [...path, file])
      }
    }
    for (const file of files) visit(file, [])
    expect(cycles).toEqual([])
  })
})

describe('packages', () => {
  const packages = imports.filter(({ target }) => !isOurs(target))

  test('there are two, and nothing of a platform', () => {
    const names = packages.map(({ target }) =>
      target.startsWith('@') ? target.split('/', 2).join('/') : target.split('/')[0],
    )
    expect([...new Set(names)].sort()).toEqual(['@upstash/redis', 'hono'])
  })

  test('Hono is imported at run time by the rooms that speak it, and by no other', () => {
    const rooms = [
      'cache.ts',
      'init.ts',
      'miss/replay.ts',
      'options/environment.ts',
      'request/innermost.ts',
      'request/matched.ts',
      'request/routed.ts',
      'respond/fetched.ts',
    ]
    const found = packages.filter(({ target, atRunTime }) => atRunTime && /^hono(\/|$)/.test(target))
    expect(found.map(({ file }) => file).filter((file) => !rooms.includes(file))).toEqual([])
    // Of the whole framework, types alone: it is the app that brings it.
    expect(found.filter(({ target }) => target === 'hono')).toEqual([])
  })

  test('@upstash/redis is imported in one place, dynamically', () => {
    expect(packages.filter(({ target }) => target.startsWith('@upstash/'))).toEqual([
      { file: 'connect.ts', target: '@upstash/redis/cloudflare', atRunTime: true, dynamic: true },
    ])
  })

  test('no file speaks to a runtime of its own', () => {
    const spoken = files.filter((file) =>
      /\b(?:Deno|Bun|Buffer|require|__dirname)[.(]/.test(
        textOf(file).replace(/^\s*(?:\*|\/\/|\/\*).*$/gm, ''),
      ),
    )
    expect(spoken).toEqual([])
  })
})

describe('files', () => {
  test.each(files)('%s has no more than 350 lines, and says first what it is', (file) => {
    const text = textOf(file)
    expect(text.split('\n').length).toBeLessThanOrEqual(351)
    expect(text).toMatch(/^\/\*\*/)
  })
})

describe('module scope', () => {
  /** Loads the package with everything poisoned that a module must not touch; prints what it touched. */
  const load = (module: string, extra = '') =>
    spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const touched = []
        const poison = (owner, name) => {
          const original = owner[name]
          Object.defineProperty(owner, name, {
            configurable: true,
            writable: true,
            value(...args) { touched.push(name); return original.apply(this, args) },
          })
        }
        for (const name of ['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']) poison(globalThis, name)
        for (const name of ['getRandomValues', 'randomUUID']) poison(Crypto.prototype, name)
        for (const name of ['digest', 'generateKey', 'importKey']) poison(SubtleCrypto.prototype, name)
        for (const name of ['log', 'warn', 'error']) poison(console, name)
        poison(Math, 'random')
        const globals = new Set(Reflect.ownKeys(globalThis))
        await import(${JSON.stringify(module)})
        ${extra}
        for (const name of Reflect.ownKeys(globalThis)) if (!globals.has(name)) touched.push(String(name))
        process.stdout.write(JSON.stringify(touched))`,
      ],
      { encoding: 'utf8', cwd: fileURLToPath(SRC), env: { PATH: process.env.PATH } },
    )

  test('does no I/O, sets no timer, uses no randomness and leaves nothing behind', () => {
    const { stdout, stderr } = load(new URL('index.ts', SRC).href)
    expect({ stdout, stderr }).toEqual({ stdout: '[]', stderr: '' })
  })

  test('the poison would be seen', () => {
    const everything =
      'fetch("data:,"); setTimeout(() => {}); crypto.randomUUID(); Math.random(); globalThis.left = 1'
    const { stdout } = load(new URL('index.ts', SRC).href, everything)
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining(['fetch', 'setTimeout', 'randomUUID', 'random', 'left']),
    )
  })
})
