/** The example on Bun: `npm run build && bun examples/bun.ts`. */

import { createApp } from './app.ts'
import { chooseStore } from './choose-store.ts'

/** The part of Bun that is used: its own types would change those of every other file here. */
declare const Bun: {
  readonly env: Record<string, string | undefined>
  serve(options: { fetch: typeof fetch; hostname: string; port: number }): { readonly port: number }
}

const { options, where } = chooseStore(Bun.env)
const { fetch } = createApp(options)
const { port } = Bun.serve({
  fetch: (request) => fetch(request),
  hostname: '127.0.0.1',
  port: Number(Bun.env.PORT ?? 3000),
})
console.log(`Listening on http://127.0.0.1:${port}`)
console.log(where)
