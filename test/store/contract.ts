/**
 * What every Store must do, whatever it is made of: the promises of `src/store/store.ts` as stories, told in chapters.
 *
 * A store moves opaque strings, so the stories need a cache around it: that is `contract/page.ts`.
 */
import { afterEach, describe, expect, test } from 'vitest'
import { clearing } from './contract/clear.ts'
import { committing } from './contract/commit.ts'
import { expiring } from './contract/expiry.ts'
import { sharing } from './contract/isolates.ts'
import { leasing } from './contract/lease.ts'
import { lookingUp } from './contract/look-up.ts'
import { losing } from './contract/loss.ts'
import { naming } from './contract/names.ts'
import type { Harness, Stage } from './contract/stage.ts'

export { ENTRY } from './contract/page.ts'
export type { Harness } from './contract/stage.ts'

const CHAPTERS = [lookingUp, committing, clearing, losing, sharing, expiring, leasing, naming]

/** @param can what may be done to the store beside it: the stories that need more are not told of it */
export function describeStore(
  name: string,
  can: readonly (keyof Harness)[],
  makeStore: () => Promise<Harness>,
): void {
  describe(name, () => {
    let harness: Harness | undefined
    const open = async (): Promise<Harness> => (harness = await makeStore())
    afterEach(async () => {
      await harness?.close?.()
      harness = undefined
    })

    const stage: Stage = {
      open,
      chapter(needs, title, stories) {
        if (needs.some((name) => can.includes(name))) describe(title, stories)
      },
      story(needs, title, tell) {
        if (!can.includes(needs)) return
        test(title, async () => {
          const made = await open()
          expect(made[needs], needs).toBeDefined()
          await tell(made as Parameters<typeof tell>[0])
        })
      },
    }
    for (const tell of CHAPTERS) tell(stage)
  })
}
