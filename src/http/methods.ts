/** Request methods (RFC 9110 §9). */

/** Methods that "are essentially read-only" (§9.2.1). */
const SAFE = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']

export const isUnsafe = (method: string): boolean => !SAFE.includes(method)

/** Whether a method asks for a representation by its URL alone: HEAD is GET without the content (§9.3.2). */
export const isGetOrHead = (method: string): boolean => method === 'GET' || method === 'HEAD'
