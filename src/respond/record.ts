/**
 * Header fields as a plain record, for the Response of Node's adapter.
 *
 * It keeps what it is given, and writes the fields of a plain record to the socket as they are: with a Headers in
 * between, which it makes when somebody asks for one, a near hit there takes a fifth more time.
 */

import type { Context } from 'hono'
import type { Field } from '../http/fields.ts'

/**
 * What a Response keeps of the headers that it is given, until somebody asks for them:
 *
 * - `nothing`: the native one takes them apart at once
 * - `record`: also what is changed in them afterwards
 * - `headers`: that only in a Headers. Made of a record (`@hono/node-server` 1.15 to 2.0.0), it goes back to the record
 *   as soon as anything but its headers is asked for
 */
type Keeping = 'nothing' | 'record' | 'headers'

/** By the class: Node's adapter puts its own in the place of the native one when it begins to serve. */
const known = new WeakMap<typeof Response, Keeping>()

export function keepingOf(Class: typeof Response): Keeping {
  let keeping = known.get(Class)
  if (!keeping) {
    let taken = false
    const record = {
      get age() {
        taken = true
        return '0'
      },
    }
    const response = new Class('', { headers: record })
    keeping = taken ? 'nothing' : 'record'
    response.headers.set('age', '1')
    void response.bodyUsed
    if (response.headers.get('age') !== '1') keeping = 'headers'
    known.set(Class, keeping)
  }
  return keeping
}

type FieldRecord = Record<string, string>

/** The fields of a response: those of an entry, and those that say how it is given. */
export interface Fields {
  readonly stored: readonly Field[]
  readonly added: Added
}

/** All of them ASCII. What caches nearer to the origin say in Cache-Status comes before it. */
export interface Added {
  readonly age: string
  readonly 'cache-status': string
  readonly 'content-range'?: string | undefined
  readonly 'cache-control'?: string | undefined
}

/** The fields of entries as records, by their very array: the next hit of an entry brings the same one. */
const records = new WeakMap<readonly Field[], FieldRecord | null>()

/** Fields on top of those prepared on the Context; `null` where a record cannot hold them. */
export function recordOf(c: Context, { stored, added }: Fields): FieldRecord | null {
  let alone = records.get(stored)
  if (alone === undefined) {
    alone = onTopOf({}, stored)
    records.set(stored, alone)
  }
  if (!alone) return null
  const { headers } = c.newResponse(null)
  const isPlain = headers.keys().next().done
  const under = isPlain ? alone : onTopOf(onTopOf({}, [...headers]), stored)
  if (!under) return null
  const others = under['cache-status']
  const { age, 'cache-status': ours, 'content-range': range, 'cache-control': control } = added
  // By their names, not in a loop: for names in variables V8 takes four times as long.
  const record: FieldRecord = {
    ...under,
    age,
    'cache-status': others === undefined ? ours : `${others}, ${ours}`,
  }
  if (range !== undefined) record['content-range'] = range
  if (control !== undefined) record['cache-control'] = control
  return record
}

function onTopOf(record: FieldRecord | null, fields: readonly Field[]): FieldRecord | null {
  if (!record) return null
  for (const [name, value, append] of fields) {
    if (!isHeld(name, value)) return null
    record[name] = append && Object.hasOwn(record, name) ? `${record[name]}, ${value}` : value
  }
  return record
}

/** Each name once; and ASCII alone, since Node encodes the rest by the field and by the body that comes with it. */
const isHeld = (name: string, value: string): boolean =>
  name !== 'set-cookie' && name !== '__proto__' && /^[\t\x20-\x7e]*$/.test(value)
