/**
 * This package beside what a user would pick instead: what goes over the wire, processor time of a hit, requests per
 * second on a real server, and the table of the README.
 */

import { CONTENDERS } from './contenders.ts'
import { costsOf } from './others-costs.ts'
import { benchHits } from './others-hits.ts'
import { benchPlatform } from './others-platform.ts'
import { benchServers } from './others-servers.ts'
import { benchOwnOptions } from './own-options.ts'

export async function benchOthers(): Promise<void> {
  for (const reason of LEFT_OUT) console.log(`left out: ${reason}`)
  const costs = await costsOf(CONTENDERS)
  if (!costs) return
  console.log('\nREST requests, commands as they are billed, and bytes of bodies, for a page of 10 kB')
  console.table(costs)
  const hits = await benchHits()
  const servers = await benchServers()
  await benchPlatform()
  await benchOwnOptions()

  console.log('\nFor the README:\n')
  const rows = Object.keys(CONTENDERS).map((name) => ({
    '': name,
    'hit, 1 kB': `${hits[name]![0]} µs`,
    '10 kB': `${hits[name]![1]} µs`,
    '100 kB': `${hits[name]![2]} µs`,
    'requests per second': servers[name]!,
    'requests for a hit': costs[name]!.hit,
    miss: costs[name]!.miss,
    'a clear of one page': costs[name]!['clear of a page'],
    'of 2,000 pages': costs[name]!['of 2,000 pages'],
  }))
  console.log(markdown(rows))
}

const LEFT_OUT = [
  'hono-universal-cache: there is no such package in the registry; unstorage and its upstash driver stand under ocache',
  "bentocache's own redis driver: it speaks to Redis over a socket (ioredis), not over REST; a driver of ours does",
]

function markdown(rows: readonly Readonly<Record<string, string | number>>[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  const heads = Object.keys(rows[0]!)
  const rule = heads.map((_, i) => (i === 0 ? '---' : '---:'))
  return [line(heads), line(rule), ...rows.map((row) => line(Object.values(row)))].join('\n')
}
