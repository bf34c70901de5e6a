/** The example on Node: `npm start`, or `PORT=8080 npm start`. */

import { serve } from '@hono/node-server'
import { createApp } from './app.ts'
import { chooseStore } from './choose-store.ts'

const { options, where } = chooseStore(process.env)
const port = Number(process.env.PORT ?? 3000)

serve({ fetch: createApp(options).fetch, hostname: '127.0.0.1', port }, (address) => {
  console.log(`Listening on http://127.0.0.1:${address.port}`)
  console.log(where)
})
