/**
 * `npm run bench`, or `npm run bench -- hit size` for some of its groups: ratios side by side, measured in one run.
 * Against the built package.
 */

import { benchClear } from './clear.ts'
import { benchCommands } from './commands.ts'
import { benchHit } from './hit.ts'
import { benchLoopback } from './loopback.ts'
import { benchMd5 } from './md5.ts'
import { benchOthers } from './others.ts'
import { benchSize } from './size.ts'

const groups: Readonly<Record<string, readonly [title: string, run: () => Promise<void>]>> = {
  commands: ['Commands on the wire', benchCommands],
  hit: ['A hit in process, the transport taken away', benchHit],
  loopback: ['A hit over HTTP on loopback, bridge and real Redis', benchLoopback],
  others: ['Beside what a user would pick instead', benchOthers],
  clear: ['clear({ namespace }) beside SCAN and delete', benchClear],
  size: ['Size', benchSize],
  md5: ['MD5 of a key of 100 bytes', async () => console.table(await benchMd5())],
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !Object.hasOwn(groups, name))
if (unknown.length > 0) {
  console.error(`no such group: ${unknown.join(', ')}; there are: ${Object.keys(groups).join(', ')}`)
  process.exit(1)
}
for (const [name, [title, run]] of Object.entries(groups)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(`\n== ${title} (${name})`)
  await run()
}
