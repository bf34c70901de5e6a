/** What the tables of the README are compared with: the names of options and of the members of unions, as the code has them. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../examples/run.ts'

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** The names of all options, in the words of the error that a wrong one throws. */
export function optionsIn(call: () => unknown): string[] {
  try {
    call()
  } catch (error) {
    const [, names] = /there are (.+)$/.exec((error as Error).message) ?? []
    if (names) return names.split(', ')
    throw error
  }
  throw new Error('an option that there is not was accepted')
}

export function membersOf(file: string, name: string): string[] {
  const [, body] = new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(read(file))!
  return [...body!.matchAll(/^ {2}(\w+)\??:/gm)].map(([, member]) => member!)
}

/** The members of a union of strings, or of objects told apart by `type`. */
export function membersOfUnion(file: string, name: string): string[] {
  const [, body] = new RegExp(`export type ${name} =([\\s\\S]*?)\\n(?:\\n|\\))`).exec(read(file))!
  const members = body!.replace(/\/\*\*.*?\*\//gs, '')
  if (members.includes('readonly type:'))
    return [...members.matchAll(/readonly type: '([^']+)'/g)].map(([, type]) => type!)
  return [...members.matchAll(/\| (?:'([^']+)'|`reads-\$\{Reading\}`)|= '([^']+)'| '([^']+)'/g)].flatMap(
    ([, one, two, three]) => one ?? two ?? three ?? readings(),
  )
}

const readings = (): string[] => {
  const [, body] = /export type Reading =([\s\S]*?)\n\n/.exec(read('src/events.ts'))!
  return body!.match(/[\w-]+/g)!.map((reading) => `reads-${reading}`)
}
