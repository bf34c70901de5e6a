/**
 * A response as plain JSON: its body as text where it is valid UTF-8, else as hexadecimal digits.
 */
export interface Answer {
  readonly request: string
  readonly status: number
  /** Sorted; `set-cookie` as often as it was set. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

export async function tell(request: string, response: Response): Promise<Answer> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const fields = [...response.headers].map((field) => [field.join(': '), field] as const)
  return {
    request,
    status: response.status,
    headers: fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field),
    body: asText(bytes) ?? `hex ${toHex(bytes)}`,
  }
}

function asText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
