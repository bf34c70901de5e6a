/**
 * Load on a server over loopback: requests on a few kept connections, one after the other on each. On bare sockets,
 * since a client that takes HTTP apart costs more than the servers it is to measure.
 */

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface Load {
  /** Sends so many requests, and resolves when all are answered. */
  send(requests: number): Promise<void>
  close(): void
}

export async function openLoad(port: number, path: string, connections = 16): Promise<Load> {
  const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.setNoDelay(true)
      return socket
    }),
  )
  return {
    async send(requests) {
      let left = requests
      const lane = (socket: Socket) =>
        new Promise<void>((resolve, reject) => {
          let got = ''
          const next = () => {
            if (left-- > 0) return void socket.write(head)
            socket.off('data', take).off('close', fail)
            resolve()
          }
          const fail = () => reject(new Error('the server has closed a connection'))
          const take = (chunk: Buffer) => {
            got += chunk.toString('latin1')
            if (!isWhole(got)) return
            if (!got.startsWith('HTTP/1.1 200')) return reject(new Error(got.slice(0, 200)))
            got = ''
            next()
          }
          socket.on('data', take).on('close', fail)
          next()
        })
      await Promise.all(sockets.map(lane))
    },
    close() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function isWhole(got: string): boolean {
  const end = got.indexOf('\r\n\r\n')
  if (end < 0) return false
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(got.slice(0, end)) ?? []
  return length ? got.length >= end + 4 + Number(length) : got.endsWith('\r\n0\r\n\r\n')
}
