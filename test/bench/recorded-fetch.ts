/** The network taken away: what was answered once is answered from memory, to all sides alike. */

/** Asks the network, remembers each answer, and when told to answers from memory alone. */
export function recordedFetch(network: typeof fetch) {
  const answers = new Map<string, string>()
  const headers = { 'content-type': 'application/json' }
  const recorder = {
    replay: false,
    /** What requests and answers carried, without their headers. */
    bytes: 0,
    async fetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
      const encoding = (init.headers as Record<string, string>)['Upstash-Encoding'] ?? ''
      const asked = `${encoding} ${input} ${init.body}`
      if (recorder.replay) {
        const answer = answers.get(asked)
        if (answer === undefined) throw new Error(`never asked before: ${asked.slice(0, 200)}`)
        return new Response(answer, { headers })
      }
      const response = await network(input, init)
      const answer = await response.clone().text()
      answers.set(asked, answer)
      recorder.bytes += Buffer.byteLength(String(init.body)) + Buffer.byteLength(answer)
      return response
    },
  }
  return recorder
}
