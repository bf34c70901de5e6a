/** The example on Deno: `npm run build && deno run --allow-net --allow-env --allow-read examples/deno.ts`. */

import { createApp } from './app.ts'
import { chooseStore } from './choose-store.ts'

/** The part of Deno that is used: its own types would change those of every other file here. */
declare const Deno: {
  readonly env: { toObject(): Record<string, string> }
  serve(
    options: { hostname: string; port: number; onListen(address: { port: number }): void },
    handler: (request: Request) => Response | Promise<Response>,
  ): unknown
}

const environment = Deno.env.toObject()
const { options, where } = chooseStore(environment)
const { fetch } = createApp(options)

function onListen({ port }: { port: number }) {
  console.log(`Listening on http://127.0.0.1:${port}`)
  console.log(where)
}
Deno.serve({ hostname: '127.0.0.1', port: Number(environment.PORT ?? 3000), onListen }, (request) =>
  fetch(request),
)
