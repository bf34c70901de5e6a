/** The near tier before a primary that has gone back, as in a failover, and so issues its times again. */
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory.ts'
import { withNear } from '../../src/store/near.ts'
import type { Query, Store } from '../../src/store/store.ts'
import type { Time } from '../../src/store/time.ts'
import { gate } from '../support/gate.ts'
import { NAME, SCOPES } from './near-world.ts'

const QUERY: Query = { entries: [NAME], scopes: SCOPES }
const OTHER: Query = { entries: ['e:x:2'], scopes: SCOPES }

function opened() {
  const clears: ((time: Time) => void)[] = []
  const trouble: { until?: Promise<void> } = {}
  const below: Store = {
    ...memoryStore(),
    async lookUp({ scopes }) {
      await trouble.until
      return { entries: ['body'], clock: 'e:9', scopes, fences: [] }
    },
    clear: () => new Promise((resolve) => clears.push(resolve)),
  }
  return { store: withNear(below, { seconds: 10, now: () => 0 }), clears, trouble }
}

test('it leaves no copy of before, nor one of a look-up that was under way', async () => {
  const { store, clears, trouble } = opened()
  await store.lookUp(QUERY)
  for (const [i, time] of ['e:2', 'e:5'].entries()) {
    const made = store.clear(['t:x'])
    clears[i]!(time)
    await made
    expect(store.atHand(QUERY)).not.toBeNull()
  }
  const { pass, open } = gate()
  trouble.until = pass()
  const underWay = store.lookUp(OTHER)
  const lost = store.clear(['t:x'])
  clears[2]!('e:3')
  await lost
  open()
  await underWay
  for (const query of [QUERY, OTHER]) expect(store.atHand(query)).toBeNull()
})

test('it has not gone back where the answers to two clears have crossed', async () => {
  const { store, clears } = opened()
  await store.lookUp(QUERY)
  const both = [store.clear(['t:x']), store.clear(['t:y'])]
  clears[1]!('e:5')
  await both[1]
  clears[0]!('e:4')
  await both[0]
  expect(store.atHand(QUERY)).not.toBeNull()
})
