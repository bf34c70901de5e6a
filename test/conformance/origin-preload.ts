/**
 * Loaded into the process of the suite's origin before the suite's own code, which would listen on every interface:
 * here it listens on loopback only. It ends with the process that started it, however that one ends.
 */
import { Server } from 'node:net'

const listen: (this: Server, port: number, host: string) => Server = Server.prototype.listen

Server.prototype.listen = function listenOnLoopback(this: Server, port: unknown): Server {
  return listen.call(this, Number(port), '127.0.0.1')
} as typeof Server.prototype.listen

process.stdin.on('close', () => process.exit()).resume()
