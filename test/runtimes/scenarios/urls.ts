/**
 * Which spellings of a URL are one key: what each runtime makes of a URL before we see it may not matter.
 */
import { cache } from '../../../src/index.ts'
import type { Scenario } from '../stage.ts'

/** Asks for each, one after the other, of an app that answers with its key's text. */
const asking =
  (...urls: readonly string[]): Scenario =>
  async ({ app, ask }) => {
    app.get('*', cache(), (c) => c.text(c.get('cache').explain().lookedUp!.text))
    for (const url of urls) await ask(url)
  }

export const urls: Readonly<Record<string, Scenario>> = {
  'hosts and ports': asking(
    'http://example.com/a',
    'HTTP://EXAMPLE.com:80/a',
    'https://example.com/a',
    'https://example.com:443/a',
    'http://example.com:8080/a',
    'http://example.com:443/a',
    'http://bücher.example/a',
    'http://xn--bcher-kva.example/a',
    'http://127.1/a',
    'http://[::0001]/a',
  ),
  'dots and slashes in paths': asking(
    '/',
    '//example.com',
    '/a/b',
    '/a/./b',
    '/x/../a/b',
    '/a/%2e/b',
    '/x/%2E%2e/a/b',
    '/a//b',
    '/a/b/',
    '/a/b/.',
    '/a\\b',
    '/a/...',
    '/.well-known/x',
  ),
  'encodings in paths': asking(
    '/café',
    '/caf%C3%A9',
    '/caf%c3%a9',
    '/cafe\u0301',
    '/~user',
    '/%7Euser',
    '/a%2Fb',
    '/a%2fb',
    '/%',
    '/%zz',
    '/%FF',
    '/a b',
    '/a%20b',
    '/a+b',
    '/日本/🍣',
    '/"<>`{}|^\'',
    '/;:@&=$,!*()[]',
  ),
  'encodings in queries': asking(
    '/q?x=a b',
    '/q?x=a+b',
    '/q?x=a%20b',
    '/q?x=a%2Bb',
    '/q?x=café',
    '/q?x=caf%C3%A9',
    '/q?x=caf%c3%a9',
    '/q?x=%FF',
    '/q?x=%',
    '/q?x=%zz',
    '/q?x=\ud800',
    '/q?x=%ED%A0%80',
    '/q?x=🍣',
    '/q?x=%F0%9F%8D%A3',
    '/q?x=\'"<>[]{}|\\^`',
  ),
  'parameters, empty, repeated and in any order': asking(
    '/q',
    '/q?',
    '/q?&',
    '/q?x',
    '/q?x=',
    '/q?=x',
    '/q?b=2&a=1',
    '/q?a=1&b=2',
    '/q?a=1&&b=2&',
    '/q?a=1&a=2',
    '/q?a=2&a=1',
    '/q?a=1=2',
    '/q?é=1&z=2&A=3&🍣=4&\uffff=5',
    '/q?a=1?b=2',
    '/q?a=1;b=2',
    '/q?%FF=1&%22=2&🍣=3',
  ),
  'a fragment, which no client sends': asking('/f', '/f#', '/f#x', '/f?a=1#?a=2', '/f#caf\u00e9'),
}
