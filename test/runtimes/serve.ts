/**
 * Serves the bundled site with the server of the runtime that runs this: `node serve.ts site.js`, and so with deno and
 * bun. It prints its port, and ends with whoever holds its standard input.
 */
type Fetch = (request: Request, ...more: unknown[]) => Response | Promise<Response>

interface Servers {
  Deno?: {
    serve(
      options: { hostname: string; port: number; onListen(at: { port: number }): void },
      fetch: Fetch,
    ): void
  }
  Bun?: { serve(options: { hostname: string; port: number; fetch: Fetch }): { port: number } }
}

const { default: site } = (await import(process.argv[2]!)) as { default: { fetch: Fetch } }
const { fetch } = site
const { Deno, Bun } = globalThis as Servers
const hostname = '127.0.0.1'
const listening = ({ port }: { port: number }) => console.log(port)

if (Deno) Deno.serve({ hostname, port: 0, onListen: listening }, fetch)
else if (Bun) listening(Bun.serve({ hostname, port: 0, fetch }))
else {
  const { serve } = await import('@hono/node-server')
  serve({ hostname, port: 0, fetch }, listening)
}

process.stdin.resume()
process.stdin.on('end', () => process.exit())
