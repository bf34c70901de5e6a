/** Tells many stories; the first that fails is made as short as it gets. */
import { shorterLists, shrink, withoutOne } from '../shrink.ts'
import { randomStory, type Story } from './story.ts'
import { type OpenStore, tell } from './tell.ts'

/** Many stories, and the first that fails, as text. */
export async function campaign(seed: string, stories: number, length: number, openStore?: OpenStore) {
  const ways: Record<string, number> = {}
  let answers = 0
  for (let at = 0; at < stories; at++) {
    const story = randomStory(`${seed} ${at}`, length)
    const told = await tell(story, openStore)
    answers += told.answers
    for (const [way, count] of Object.entries(told.ways)) ways[way] = (ways[way] ?? 0) + count
    if (told.complaint) return { answers, ways, failure: await minimal(story, told.complaint, openStore) }
  }
  return { answers, ways, failure: null }
}

async function minimal(story: Story, complaint: string, openStore?: OpenStore): Promise<string> {
  const kind = (complaint: string | null) => complaint?.replace(/[\d.-]+/g, '')
  const failsAlike = async (candidate: Story) =>
    kind((await tell(candidate, openStore)).complaint) === kind(complaint)
  const shortest = await shrink(story, shorterThan, failsAlike)
  const { options, near, seed } = shortest
  const told = await tell(shortest, openStore)
  return [`seed: ${seed}`, JSON.stringify({ options, near }), ...told.transcript, told.complaint].join('\n')
}

function* shorterThan(story: Story): Generator<Story> {
  const { steps, options } = story
  for (const fewer of shorterLists(steps)) yield { ...story, steps: fewer }
  for (const [, fewer] of withoutOne(options)) yield { ...story, options: fewer }
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
    for (const [, headers] of withoutOne(call.headers))
      yield instead({ ...step, calls: [{ ...call, headers }] })
    const { has: _, ...bare } = call
    if (call.has) yield instead({ ...step, calls: [bare] })
    if (call.slow) yield instead({ ...step, calls: [{ ...call, slow: false }] })
    if (call.query) yield instead({ ...step, calls: [{ ...call, query: '' }] })
  }
}
