/**
 * Base64 for bodies that are not text. The platform's own where it has one (`Uint8Array.fromBase64`), else `btoa`
 * and `atob`, in slices: a spread of a whole body would overflow the stack. Throws on what is not base64.
 */

type WithBase64 = { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> }

const SLICE = 0x8000

export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < bytes.length; at += SLICE) {
    binary += String.fromCharCode(...bytes.subarray(at, at + SLICE))
  }
  return btoa(binary)
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as WithBase64).fromBase64
  if (native) return native.call(Uint8Array, text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
