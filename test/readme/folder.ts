/**
 * An empty folder in which the package is installed as npm would: its packed tarball, and what it stands on from here.
 */

import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT, requireDist } from '../examples/run.ts'

const execute = promisify(execFile)
const NAME = 'hono-redis-cache'

export const binary = (name: string): string => join(ROOT, 'node_modules/.bin', name)

export interface Folder {
  readonly path: string
  write(file: string, text: string): void
  /** What `npm install` would do with these names, without a network. */
  install(...names: string[]): Promise<void>
  remove(): void
}

/** The package as `npm publish` would send it; packed once. */
let tarball: Promise<string> | undefined

async function pack(): Promise<string> {
  requireDist()
  const into = mkdtempSync(join(tmpdir(), 'readme-pack-'))
  const { stdout } = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', into],
    {
      cwd: ROOT,
    },
  )
  return join(into, stdout.trim())
}

export async function removeTarball(): Promise<void> {
  if (tarball) rmSync(dirname(await tarball), { recursive: true })
}

export function emptyFolder(): Folder {
  // Its true path: a program that asks for its own must find the modules beside it.
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'readme-')))
  const modules = join(path, 'node_modules')
  return {
    path,
    write(file, text) {
      mkdirSync(dirname(join(path, file)), { recursive: true })
      writeFileSync(join(path, file), text)
    },
    async install(...names) {
      for (const name of names) {
        const target = join(modules, name)
        mkdirSync(dirname(target), { recursive: true })
        if (name === NAME) {
          mkdirSync(target)
          tarball ??= pack()
          await execute('tar', ['-xzf', await tarball, '-C', target, '--strip-components=1'])
        } else {
          const here = join(ROOT, 'node_modules', name)
          if (!existsSync(here)) throw new Error(`the README installs ${name}, which is not in node_modules`)
          symlinkSync(realpathSync(here), target)
        }
      }
    },
    remove: () => rmSync(path, { recursive: true }),
  }
}

export interface Output {
  readonly code: number
  /** What it wrote to stdout, then what it wrote to stderr. */
  readonly text: string
}

export async function run(
  command: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<Output> {
  const [name, ...args] = command
  const { UPSTASH_REDIS_REST_URL, UPSTASH_REDIS_REST_TOKEN, KV_REST_API_URL, KV_REST_API_TOKEN, ...rest } =
    process.env
  const options = { cwd, env: { ...rest, NO_COLOR: '1', FORCE_COLOR: undefined, ...env } }
  try {
    const { stdout, stderr } = await execute(name!, args, options)
    return { code: 0, text: stdout + stderr }
  } catch (cause) {
    const { code, stdout = '', stderr = '' } = cause as { code: unknown; stdout?: string; stderr?: string }
    if (typeof code !== 'number') throw cause
    return { code, text: stdout + stderr }
  }
}
