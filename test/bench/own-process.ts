/** A file that runs as a process of its own: it is given an order, says when it is ready, and ends with its parent. */

import { fork } from 'node:child_process'
import { once } from 'node:events'

export interface OwnProcess<Ready> {
  readonly ready: Ready
  /** Sends it a message; resolves when it has answered. One at a time. */
  ask(message: object): Promise<void>
  stop(): Promise<void>
}

export async function startProcess<Ready>(file: string, order: object): Promise<OwnProcess<Ready>> {
  const child = fork(file, [JSON.stringify(order)])
  const exited = once(child, 'exit')
  const failed = exited.then(([code]) =>
    Promise.reject(new Error(`${JSON.stringify(order)} ended with ${code}`)),
  )
  failed.catch(() => {})
  const answer = () => Promise.race([once(child, 'message'), failed])
  const [ready] = (await answer()) as [Ready]
  return {
    ready,
    async ask(message) {
      child.send(message)
      await answer()
    },
    async stop() {
      child.kill()
      await exited
    },
  }
}

/** In the process: what it was ordered; `null` where the file is only imported. */
export function orderFor<Order>(file: string): Order | null {
  if (process.argv[1] !== file || !process.send) return null
  process.on('disconnect', () => process.exit())
  return JSON.parse(process.argv[2]!) as Order
}
