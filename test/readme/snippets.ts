/**
 * The snippets of the README and of the doc comments in `src`, each as a program of its own.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../examples/run.ts'
import { type Given, given, preamble } from './given.ts'
import { fences } from './markdown.ts'

export interface Snippet {
  /** Where it is written. */
  readonly at: string
  readonly file: string
  readonly program: string
  /** What the README says that it prints. */
  readonly prints: string
  readonly redis: boolean
  readonly runtime: 'node' | 'bun'
}

/** What is asked of the examples in the doc comments. */
const STORIES: Readonly<Record<string, readonly string[]>> = {
  'cache.ts': ['GET /products/7 -> fwd=uri-miss; stored', 'GET /products/7 -> hit; ttl=300'],
  'handle.ts': ['PUT /products/7 -> none 204'],
  'init.ts': ['GET /products -> fwd=uri-miss; stored', 'GET /products -> hit; ttl=300'],
}

function fromReadme(): Snippet[] {
  return fences.flatMap((fence, i) => {
    if (fence.language !== 'ts') return []
    const [first = '', ...story] = fence.comment.split('\n')
    const names = /^given: (.+)$/.exec(first)?.[1]?.split(', ') ?? []
    if (names.length === 0 && first !== '') story.unshift(first)
    const next = fences[i + 1]
    const prints = next?.comment === 'prints' ? next.code : ''
    return [snippet({ at: fence.at, file: `readme-${i + 1}.ts`, code: fence.code, names, story, prints })]
  })
}

const EXAMPLE = /@example\n \* ```ts\n([\s\S]*?) \* ```/g

function fromDocComments(): Snippet[] {
  const src = join(ROOT, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  return files.sort().flatMap((source) => {
    // A comment inside an interface or a class is indented.
    const text = readFileSync(join(src, source), 'utf8').replace(/^ +\*/gm, ' *')
    return [...text.matchAll(EXAMPLE)].map(([, lines], i) => {
      const code = lines!.replace(/^ \* ?/gm, '')
      const story = (/\bapp\.(get|put)\b/.test(code) && STORIES[source]) || []
      const file = `${source.replaceAll('/', '-').replace(/\.ts$/, '')}-${i + 1}.ts`
      return snippet({ at: `src/${source}, @example ${i + 1}`, file, code, names: [], story, prints: '' })
    })
  })
}

interface Parts {
  readonly at: string
  readonly file: string
  readonly code: string
  readonly names: readonly string[]
  readonly story: readonly string[]
  readonly prints: string
}

function snippet({ at, file, code, names, story, prints }: Parts): Snippet {
  const stands = names.map((name): Given => {
    const found = given[name]
    if (!found)
      throw new Error(`${at}: there is no "given: ${name}"; there are ${Object.keys(given).join(', ')}`)
    return found
  })
  const program = [
    `import { tell as tellStory } from '${join(ROOT, 'test/readme/story.ts')}'`,
    preamble(stands.map(({ before }) => before).join('') + code),
    ...stands.map(({ before }) => before),
    code,
    ...stands.map(({ after = '' }) => after),
    story.length > 0 ? `await tellStory(app, ${JSON.stringify(story, null, 2)})` : '',
  ].join('\n')
  return {
    at,
    file,
    program,
    prints,
    redis: stands.some(({ redis }) => redis),
    runtime: stands.find(({ runtime }) => runtime)?.runtime ?? 'node',
  }
}

export const snippets: readonly Snippet[] = [...fromReadme(), ...fromDocComments()]
