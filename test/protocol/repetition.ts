/**
 * Requests that arrive once more, long after their answer, or for the first time after their sender gave them up.
 */
import type { Command } from '../../src/store/redis.ts'
import { RedisError } from '../fixtures/resp.ts'
import type { Seeded } from '../fixtures/seeded.ts'
import { describeCommand, describeReply } from './transcript.ts'
import { nextEpoch, scriptName, split } from './transcriptions.ts'
import type { Disaster } from './world.ts'

const isCommit = ([, script]: Command) => scriptName(script) === 'commit'

type Run = (command: Command) => unknown

export interface Past {
  readonly run: Run
  /** To be told of every request, whether it arrives or not. */
  readonly sent: (command: Command) => void
  readonly repeat: Disaster
}

/** Carries commands out as `run` does, and can repeat those that were sent. */
export function withPast(run: Run, random: Seeded): Past {
  const writes: Command[] = []
  /** Epochs in which the clock has run. */
  const known = new Set<string | undefined>()

  const carryOut: Run = async (command) => {
    const reply = await run(command)
    if (command[0] === 'EVAL' && typeof reply === 'string') known.add(split(reply)?.epoch)
    return reply
  }

  /**
   * The limit of what fences can remember, as src/store/scripts.ts has it: the clock and the fence of everything were
   * both lost, and a request that once created a clock would now create it at the same generation again.
   */
  async function isForgotten([, script, , ...rest]: Command): Promise<boolean> {
    const name = scriptName(script)
    if (name !== 'begin' && name !== 'clear') return false
    const made = rest.find((word) => !String(word).startsWith('cache:'))
    const [clock, everything] = (await run(['MGET', rest[0]!, rest[1]!])) as (string | null)[]
    return !split(clock!) && known.has(nextEpoch(everything!, String(made)))
  }

  return {
    run: carryOut,
    sent: (command) => command[0] === 'EVAL' && writes.push(command),
    async repeat() {
      if (writes.length === 0) return 'there is nothing to repeat'
      // Commits are many; what made clocks is more telling.
      const creators = writes.filter((write) => !isCommit(write))
      const command = random.pick(creators.length > 0 && random.chance(0.7) ? creators : writes)
      if (await isForgotten(command)) return 'a repetition that the protocol cannot survive is left out'
      const said = `once more: ${describeCommand(command)}`
      try {
        return `${said}: ${describeReply(await carryOut(command))}`
      } catch (error) {
        if (error instanceof RedisError) return `${said}: refused`
        throw error
      }
    },
  }
}
