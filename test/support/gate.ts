/** Steps of a story that wait for each other, with no sleeping in between. */
export interface Gate {
  /** Somebody waits at it. */
  readonly arrived: Promise<void>
  open(): void
  /** Waits until it is open. */
  pass(): Promise<void>
}

/** A step that a handler waits at until the test lets it go on. */
export function gate(): Gate {
  let open = () => {}
  let reached = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const arrived = new Promise<void>((resolve) => {
    reached = resolve
  })
  return {
    arrived,
    open: () => open(),
    pass() {
      reached()
      return opened
    },
  }
}

/** Whatever is due by now has happened then. */
export const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** Waits until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn()
}
