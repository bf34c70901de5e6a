/**
 * The REST bridge on a thread of its own, so that what it costs to take a command apart and put a reply together is
 * not counted as the app's. Run as the thread, this file is the bridge.
 */

import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type BridgeOptions, startBridge } from '../fixtures/bridge.ts'
import type { Endpoint } from './sides.ts'

export async function startBridgeThread(
  redis: BridgeOptions['redis'],
): Promise<Endpoint & { stop(): Promise<unknown> }> {
  const { port, socket } = redis
  const worker = new Worker(new URL(import.meta.url), { workerData: { port, socket } })
  const [endpoint] = (await once(worker, 'message')) as [Endpoint]
  return { ...endpoint, stop: () => worker.terminate() }
}

if (!isMainThread && parentPort) {
  const { url, token } = await startBridge({ redis: workerData, recording: false })
  parentPort.postMessage({ url, token })
}
