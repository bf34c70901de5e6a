/**
 * README.md as data: its fences, each with the HTML comment right above it, and its tables.
 *
 * A comment above a fence is for the tests and not for readers. `given: …` names what the snippet stands on
 * (`given.ts`), and its further lines are requests with the answers that they get (`story.ts`).
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../examples/run.ts'

export interface Fence {
  readonly language: string
  readonly code: string
  /** The comment right above it; `''` where there is none. */
  readonly comment: string
  /** Where it is, for messages. */
  readonly at: string
}

export const README = readFileSync(join(ROOT, 'README.md'), 'utf8')

const FENCE = /(?:^<!--\s((?:(?!-->)[\s\S])*)\s-->\n)?^```(\w*)\n([\s\S]*?)^```$/gm

export const fences: readonly Fence[] = [...README.matchAll(FENCE)].map(([, comment, language, code], i) => ({
  language: language!,
  code: code!,
  comment: comment?.trim() ?? '',
  at: `README.md, fence ${i + 1}: ${code!.split('\n', 1)[0]}`,
}))

export const fenceUnder = (comment: string): Fence => {
  const found = fences.find((fence) => fence.comment === comment)
  if (!found) throw new Error(`README.md has no fence under <!-- ${comment} -->`)
  return found
}

/** What the first column of a table names in backticks, in its order. The table is the first with this head there. */
export function namesInTable(section: string, head: string): string[] {
  const [, rest] = README.split(`\n${section}\n`)
  const tables = (rest ?? '').match(/(?:^\|.*\|\n)+/gm) ?? []
  const rows = tables.map((table) =>
    table.split('\n').map((row) => row.split(' | ')[0]!.replace(/^\| /, '').trim()),
  )
  const found = rows.find(([first]) => first === head)
  if (!found) throw new Error(`README.md has no table "${head}" after "${section}"`)
  return found.slice(2).flatMap((first) => [...first.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))
}
