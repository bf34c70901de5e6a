/** Makes a story that fails as short as it gets. */

const MOST_TRIALS = 2_000

/**
 * @param shorterThan stories that are a part of one, the shortest first
 * @param fails whether a story still does, and in the same way
 */
export async function shrink<Story>(
  story: Story,
  shorterThan: (story: Story) => Iterable<Story>,
  fails: (story: Story) => Promise<boolean>,
): Promise<Story> {
  let shortest = story
  let trials = 0
  for (let shorter = true; shorter && trials < MOST_TRIALS; ) {
    shorter = false
    for (const candidate of shorterThan(shortest)) {
      if (++trials > MOST_TRIALS) break
      if (!(await fails(candidate))) continue
      shortest = candidate
      shorter = true
      break
    }
  }
  return shortest
}

/** A list without a run of its members: half of them, then fewer. */
export function* shorterLists<Member>(list: readonly Member[]): Generator<Member[]> {
  for (let size = list.length >> 1; size >= 1; size >>= 1)
    for (let at = 0; at < list.length; at += size)
      yield list.filter((_, index) => index < at || index >= at + size)
}

/** An object without one of its members, and the name of that. */
export function* withoutOne<Members extends object>(object: Members): Generator<[name: string, Members]> {
  for (const name of Object.keys(object)) {
    const { [name]: _, ...rest } = object as Record<string, unknown>
    yield [name, rest as Members]
  }
}
