/** The helpers and middleware that come with Hono and read the request, each below `cache()`. */
import { Hono, type MiddlewareHandler } from 'hono'
import { accepts } from 'hono/accepts'
import { env } from 'hono/adapter'
import { basicAuth } from 'hono/basic-auth'
import { bearerAuth } from 'hono/bearer-auth'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { deleteCookie, setCookie } from 'hono/cookie'
import { cors } from 'hono/cors'
import { csrf } from 'hono/csrf'
import { etag } from 'hono/etag'
import { ipRestriction } from 'hono/ip-restriction'
import { jsx } from 'hono/jsx/jsx-runtime'
import { jsxRenderer, useRequestContext } from 'hono/jsx-renderer'
import { jwk } from 'hono/jwk'
import { jwt } from 'hono/jwt'
import { languageDetector } from 'hono/language'
import { logger } from 'hono/logger'
import { methodOverride } from 'hono/method-override'
import { poweredBy } from 'hono/powered-by'
import { prettyJSON } from 'hono/pretty-json'
import { requestId } from 'hono/request-id'
import { matchedRoutes, routePath } from 'hono/route'
import { secureHeaders } from 'hono/secure-headers'
import { serveStatic } from 'hono/serve-static'
import { timeout } from 'hono/timeout'
import { endTime, startTime, timing } from 'hono/timing'
import { trimTrailingSlash } from 'hono/trailing-slash'
import { validator } from 'hono/validator'
import type { Env, Read, Way } from './ways.ts'

const page: Read = (c) => c.json(['page'])
const AUTHORIZATION = ['reads-authorization', 'error']

const below = (
  middleware: MiddlewareHandler,
  outcome: Way['outcome'],
  learned: readonly string[] = [],
  read = page,
): Way => ({
  register: (app, path, cached) => void app.get(path, cached, middleware, read),
  outcome,
  learned,
})

export const middleware: Readonly<Record<string, Way>> = {
  'accepts()': {
    read: (c) => c.json([accepts(c, { header: 'Accept-Language', supports: ['de', 'en'], default: 'en' })]),
    outcome: 'stored',
    learned: ['header accept-language'],
  },
  // Where the platform does not let it, it throws.
  'env(c)': { read: (c) => c.json([typeof env(c)]), outcome: ['stored', 'error'] },
  'matched routes': {
    read: (c) => c.json([matchedRoutes(c).at(-1)?.method, routePath(c).length]),
    outcome: 'stored',
    learned: [],
  },
  'setCookie()': {
    read: (c) => {
      setCookie(c, 'seen', 'yes')
      return c.text('page')
    },
    outcome: ['set-cookie'],
  },
  'deleteCookie()': {
    read: (c) => c.json([deleteCookie(c, 'session')]),
    outcome: ['reads-cookie'],
    anonymous: ['set-cookie'],
  },
  'basic-auth': below(basicAuth({ username: 'alice', password: 'secret' }), AUTHORIZATION),
  'bearer-auth': below(bearerAuth({ token: ['alice', 'bob'] }), AUTHORIZATION),
  jwt: below(jwt({ secret: 'secret', alg: 'HS256' }), AUTHORIZATION),
  'jwt in a cookie': below(jwt({ secret: 'secret', alg: 'HS256', cookie: 'session' }), [
    'reads-cookie',
    'error',
  ]),
  jwk: below(jwk({ keys: [], alg: ['RS256'] }), AUTHORIZATION),
  'body-limit': {
    ...below(bodyLimit({ maxSize: 100 }), ['reads-raw-request', 'reads-all-headers']),
    anonymous: ['stored', 'reads-all-headers'],
  },
  // On Workers nobody can see whether a body is coded already.
  compress: below(compress(), ['stored', 'error']),
  'cors for all': below(cors(), 'stored', ['header origin']),
  'cors for some': below(cors({ origin: ['https://a.test'], credentials: true }), 'stored', [
    'header origin',
  ]),
  csrf: below(csrf(), 'stored'),
  etag: below(etag(), 'stored'),
  'ip-restriction on a header': below(
    ipRestriction((c) => ({ remote: { address: c.req.header('x-real-ip') ?? '127.0.0.1' } }), {
      denyList: ['10.0.0.1'],
    }),
    'stored',
    ['header x-real-ip'],
  ),
  'jsx-renderer, with the request in a component': {
    register(app, path, cached) {
      const Language = () => jsx('i', { children: useRequestContext().req.header('accept-language') })
      app.get(
        path,
        cached,
        jsxRenderer(({ children }) => jsx('body', { children }) as never),
        (c) => c.render(jsx(Language as never, {}) as never),
      )
    },
    outcome: 'stored',
    learned: ['header accept-language'],
  },
  'jsx-renderer, with the cookie in a component': {
    register(app, path, cached) {
      const Session = () => jsx('i', { children: useRequestContext().req.header('cookie') })
      app.get(
        path,
        cached,
        jsxRenderer(({ children }) => jsx('body', { children }) as never),
        (c) => c.render(jsx(Session as never, {}) as never),
      )
    },
    outcome: ['reads-cookie'],
    anonymous: 'stored',
    learned: ['header cookie'],
  },
  'language by a cookie': {
    ...below(
      languageDetector({ supportedLanguages: ['en', 'de'], fallbackLanguage: 'en', caches: false }),
      ['reads-cookie'],
      ['anonymous', 'header accept-language', 'header cookie'],
      (c) => c.json([c.get('language' as never)]),
    ),
    anonymous: 'stored',
  },
  'language by the header': below(
    languageDetector({
      supportedLanguages: ['en', 'de'],
      fallbackLanguage: 'en',
      order: ['header'],
      caches: false,
    }),
    'stored',
    ['header accept-language'],
    (c) => c.json([c.get('language' as never)]),
  ),
  logger: below(
    logger(() => {}),
    'stored',
  ),
  'method-override': {
    register(app, path, cached) {
      const inner = new Hono<Env>()
      inner.get('*', (c) => c.json([c.req.header('cookie')]))
      app.get(path, cached, methodOverride({ app: inner, header: 'x-method' }), page)
    },
    outcome: 'stored',
  },
  'powered-by': below(poweredBy(), 'stored'),
  'pretty-json': below(prettyJSON(), 'stored'),
  'request-id': below(requestId(), 'stored'),
  'secure-headers': below(secureHeaders(), 'stored'),
  'serve-static': below(
    serveStatic({ root: '/', getContent: async () => 'a file', isDir: () => false }),
    'stored',
  ),
  timeout: below(timeout(5_000), 'stored'),
  // Which asks whether there is one above already; an app may have a variable of that name.
  timing: below(timing(), 'stored', ['var metric'], (c) => {
    startTime(c, 'work')
    endTime(c, 'work')
    return c.text('page')
  }),
  'trailing-slash': below(trimTrailingSlash(), 'stored'),
  'a validator of cookies below': {
    ...below(
      validator('cookie', ({ session }) => ({ session })),
      ['reads-cookie'],
      ['anonymous', 'header content-type', 'header cookie'],
      (c) => c.json([c.req.valid('cookie' as never)]),
    ),
    anonymous: 'stored',
  },
  'a validator of queries below': below(
    validator('query', ({ a }) => ({ a })),
    'stored',
    ['header content-type'],
    (c) => c.json([c.req.valid('query' as never)]),
  ),
}
