/**
 * The world of a simulated Redis in which a replica takes over that had not received everything.
 *
 * Clears are lost with the rest, and times are issued twice: the protocol cannot help that, and says so. What it
 * does promise is that a stamp of before is good for nothing until the clock has come to that time again.
 */
import { countOf, epochOf, passes } from '../../src/store/time.ts'
import type { Rules } from './schedule.ts'
import type { SimulatedRedis } from './simulated-redis.ts'
import type { CreateWorld, Disaster } from './world.ts'
import { type Simulation, simulatedWorld } from './worlds.ts'

interface Failover {
  readonly clock: string | null
  /** The stretch of history that the new primary lacks. */
  readonly from: number
  readonly to: number
}

export function withFailover(simulation: Simulation): {
  createWorld: CreateWorld
  excused: NonNullable<Rules['excused']>
} {
  let redis: SimulatedRedis
  let failover: Failover | null

  const failOverOnce =
    (random: { int(max: number): number }): Disaster =>
    () => {
      if (failover || redis.log.length === 0) return 'nothing happens'
      const replica = redis.replicas[0]!
      const to = redis.log.length
      replica.catchUp(redis.log, replica.position + random.int(to - replica.position + 1))
      failover = { clock: replica.get('cache:clock'), from: replica.position, to }
      redis.failOver(replica)
      return `a replica takes over at ${failover.clock}`
    }

  return {
    createWorld(surroundings) {
      failover = null
      const disasters = (simulated: SimulatedRedis) => {
        redis = simulated
        return [failOverOnce(surroundings.random)]
      }
      return simulatedWorld({ ...simulation, disasters })(surroundings)
    },
    excused({ entry: { stamp } }, clear) {
      if (!failover) return false
      const { clock, from, to } = failover
      if (from < clear.position && clear.position <= to) return true
      const wasLost = epochOf(clock) === epochOf(stamp) && countOf(stamp) > countOf(clock!)
      return wasLost && passes(redis.get('cache:clock')!, stamp)
    },
  }
}
