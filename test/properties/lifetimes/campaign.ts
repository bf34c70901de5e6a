/** Tells many stories; the first that fails is made as short as it gets. */
import { randomStory, type Story } from './story.ts'
import { type OpenStore, type Told, tell } from './tell.ts'

/** Many stories, and the first that fails, as text. */
export async function campaign(seed: string, stories: number, length: number, openStore?: OpenStore) {
  const ways: Record<string, number> = {}
  let answers = 0
  for (let at = 0; at < stories; at++) {
    const story = randomStory(`${seed} ${at}`, length)
    const told = await tell(story, openStore)
    answers += told.answers
    for (const [way, count] of Object.entries(told.ways)) ways[way] = (ways[way] ?? 0) + count
    if (told.complaint) return { answers, ways, failure: await shortest(story, told, openStore) }
  }
  return { answers, ways, failure: null }
}

async function shortest(story: Story, told: Told, openStore?: OpenStore): Promise<string> {
  let best = { story, told }
  const kind = (complaint: string | null) => complaint?.replace(/[\d.-]+/g, '')
  for (let shorter = true; shorter; ) {
    shorter = false
    for (const candidate of shorterThan(best.story)) {
      const other = await tell(candidate, openStore)
      if (kind(other.complaint) !== kind(told.complaint)) continue
      best = { story: candidate, told: other }
      shorter = true
      break
    }
  }
  const { options, near, seed } = best.story
  return [
    `seed: ${seed}`,
    JSON.stringify({ options, near }),
    ...best.told.transcript,
    best.told.complaint,
  ].join('\n')
}

function* shorterThan(story: Story): Generator<Story> {
  const { steps, options } = story
  for (let size = steps.length >> 1; size >= 1; size >>= 1)
    for (let at = 0; at < steps.length; at += size)
      yield { ...story, steps: steps.filter((_, index) => index < at || index >= at + size) }
  for (const name of Object.keys(options)) {
    const { [name]: _, ...rest } = options as Record<string, unknown>
    yield { ...story, options: rest }
  }
  if (story.latency) yield { ...story, latency: false }
  if (story.near !== null) yield { ...story, near: null }
  for (const [at, step] of steps.entries()) {
    const instead = (other: Story['steps'][number]) => ({ ...story, steps: steps.with(at, other) })
    if (!('calls' in step)) continue
    const { calls, during, later } = step
    for (const index of during.keys()) yield instead({ ...step, during: during.toSpliced(index, 1) })
    for (const index of later.keys()) yield instead({ ...step, later: later.toSpliced(index, 1) })
    for (const index of calls.keys())
      if (calls.length > 1) yield instead({ ...step, calls: calls.toSpliced(index, 1) })
    const [call] = calls
    if (calls.length > 1 || !call) continue
    for (const name of Object.keys(call.headers)) {
      const { [name]: _, ...headers } = call.headers
      yield instead({ ...step, calls: [{ ...call, headers }] })
    }
    const { has: _, ...bare } = call
    if (call.has) yield instead({ ...step, calls: [bare] })
    if (call.slow) yield instead({ ...step, calls: [{ ...call, slow: false }] })
    if (call.query) yield instead({ ...step, calls: [{ ...call, query: '' }] })
  }
}
