/**
 * The Lua of src/store/scripts.ts in TypeScript, line for line, for the simulated Redis.
 *
 * That the two say the same is not a matter of belief: transcriptions.test.ts runs both from random states.
 */
import { BEGIN, CLEAR, COMMIT, RELEASE } from '../../src/store/scripts.ts'

/** The commands that scripts call. */
export interface Keyspace {
  /** As MGET: `null` for a missing key and for one of another type. */
  get(key: string): string | null
  set(key: string, value: string, seconds?: number): void
  /** As TTL: seconds. */
  timeToLive(key: string): number
  delete(key: string): number
}

export type Script = (
  redis: Keyspace,
  keys: readonly string[],
  args: readonly string[],
) => string | number | null

export function split(time: string | null): { epoch: string; count: number } | null {
  const match = /^(.+):(\d+)$/s.exec(time ?? '')
  return match && { epoch: match[1]!, count: Number(match[2]) }
}

/** The epoch at which a clock is created. */
export function nextEpoch(everything: string | null, random: string): string {
  const generation = Number(/^(\d+)\./.exec(split(everything)?.epoch ?? '')?.[1] ?? 0)
  return `${generation > 1e15 ? 1 : generation + 1}.${random}`
}

/** The scripts that create a clock where there is none, at that epoch. */
export function creators(epoch: typeof nextEpoch): Pick<Scripts, 'begin' | 'clear'> {
  function create(redis: Keyspace, keys: readonly string[], args: readonly string[], count: number): string {
    const time = `${epoch(redis.get(keys[1]!), args[0]!)}:${count}`
    redis.set(keys[0]!, time)
    redis.set(keys[1]!, time, Number(args[1]))
    return time
  }
  return {
    begin(redis, keys, args) {
      const clock = redis.get(keys[0]!)
      return split(clock) ? clock : create(redis, keys, args, 0)
    },
    clear(redis, keys, args) {
      const clock = split(redis.get(keys[0]!))
      let now: string
      if (clock) {
        now = `${clock.epoch}:${clock.count + 1}`
        redis.set(keys[0]!, now)
      } else now = create(redis, keys, args, 1)
      for (let i = 2; i < keys.length; i++) redis.set(keys[i]!, now, Number(args[i]))
      return now
    },
  }
}

export const commit: Script = (redis, keys, args) => {
  const fences = Number(args[1])
  const clock = redis.get(keys[0]!)
  const stamp = split(args[0]!)
  const now = split(clock)
  if (!now || !stamp || now.epoch !== stamp.epoch || now.count < stamp.count) return 'lost'
  const present = keys.slice(1, 1 + fences).map((key) => {
    const fence = redis.get(key)
    return split(fence)?.epoch === stamp.epoch ? fence : null
  })
  let cleared = false
  present.forEach((fence, i) => {
    if (!fence) redis.set(keys[1 + i]!, clock!, Number(args[2 + i]))
    if (split(fence ?? clock)!.count > stamp.count) cleared = true
  })
  if (cleared) return 'cleared'
  write(redis, keys, args, present)
  return 'stored'
}

/** The end of a commit: everything behind the fences, then those of the fences that would end before it. */
export function write(
  redis: Keyspace,
  keys: readonly string[],
  args: readonly string[],
  present: readonly (string | null)[] = [],
): void {
  const fences = Number(args[1])
  let longest = 0
  for (let i = 1 + fences, at = 2 + fences; i < keys.length; i++, at += 2) {
    redis.set(keys[i]!, args[at]!, Number(args[at + 1]))
    longest = Math.max(longest, Number(args[at + 1]))
  }
  if (longest <= 86_400) return
  present.forEach((fence, i) => {
    const key = keys[1 + i]!
    if (fence && redis.timeToLive(key) < longest) redis.set(key, fence, Number(args[2 + i]))
  })
}

export const release: Script = (redis, keys, args) =>
  redis.get(keys[0]!) === args[0] ? redis.delete(keys[0]!) : 0

export interface Scripts {
  readonly begin: Script
  readonly clear: Script
  readonly commit: Script
  readonly release: Script
}

export const SCRIPTS: Scripts = { ...creators(nextEpoch), commit, release }

const NAMES: Record<string, keyof Scripts> = {
  [BEGIN]: 'begin',
  [CLEAR]: 'clear',
  [COMMIT]: 'commit',
  [RELEASE]: 'release',
}

/** Which of our scripts a text is. */
export function scriptName(text: unknown): keyof Scripts {
  const name = NAMES[String(text)]
  if (!name) throw new Error(`not one of our scripts: ${text}`)
  return name
}
