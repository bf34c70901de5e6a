/** Commands and replies as a person would write them down. */
import { decode, isRecord } from '../../src/entry/entry.ts'
import type { Command } from '../../src/store/redis.ts'
import { bodyOf } from './actors.ts'
import { scriptName } from './transcriptions.ts'

export function describeCommand([name, ...args]: Command): string {
  if (name !== 'EVAL') return [name, ...args].map(describeValue).join(' ')
  const [text, ...rest] = args
  return [scriptName(text).toUpperCase(), ...rest.slice(1)].map(describeValue).join(' ')
}

export function describeReply(reply: unknown): string {
  return Array.isArray(reply) ? reply.map(describeValue).join(' ') : describeValue(reply)
}

function describeValue(value: unknown): string {
  if (typeof value !== 'string') return value === null ? '-' : String(value)
  const stored = decode(value)
  if (stored === null) return value.replace(/^cache:/, '')
  if (isRecord(stored)) return `record(${stored.inputs.join(' ')})`
  return `entry(${stored.stamp}, read @${bodyOf(stored).read})`
}
