import { deflateSync, gzipSync } from 'node:zlib'
import type { Outbound } from '../../egress/scanning.ts'

type Part = Pick<Outbound, 'path' | 'query' | 'body'> & { headers: readonly string[]; encoding: string | null }
/** Puts a token into a request. */
export type Hide = (token: string) => Part

const EMPTY: Part = { path: '/v1/things', query: '', headers: ['accept', '*/*'], body: null, encoding: null }
const bytes = (text: string) => Buffer.from(text, 'latin1')
const body = (text: string | Buffer): Part => ({ ...EMPTY, body: typeof text === 'string' ? bytes(text) : text })
/** As the value of an assignment: where most scanners look. */
const assigned = (value: string) => body(`api_key = "${value}"\n`)
const b64 = (value: string | Buffer) => Buffer.from(value).toString('base64')
const each = (text: string, write: (code: string) => string) =>
  [...text].map((char) => write(char.charCodeAt(0).toString(16).padStart(2, '0'))).join('')
const percent = (text: string) => each(text, (code) => `%${code.toUpperCase()}`)
/** Where a line break cannot stand. */
const inLine = (text: string) => text.replaceAll('\n', '\\n')

/** A shape is found in each of these. */
export const SEEN: Readonly<Record<string, Hide>> = {
  plain: assigned,
  'glued to letters': (token) => body(`x${token}x`),
  'in a JSON value': (token) => body(JSON.stringify({ messages: [{ role: 'user', content: `Take ${token}.` }] })),
  'in a JSON key': (token) => body(JSON.stringify({ [token]: 1 })),
  'JSON inside JSON': (token) =>
    body(JSON.stringify({ arguments: JSON.stringify({ key: JSON.stringify({ token }) }) })),
  'JSON, \\u00xx': (token) => body(`{"a":"${each(token, (code) => `\\u00${code}`)}"}`),
  'in a form': (token) => body(new URLSearchParams({ a: token, b: '1' }).toString()),
  'in multipart': (token) =>
    body(`--b\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\n\r\n${token}\r\n--b--\r\n`),
  'as a file name in multipart': (token) =>
    body(`--b\r\ncontent-disposition: form-data; name="f"; filename="${inLine(token)}"\r\n\r\nx\r\n--b--\r\n`),
  'in a header': (token) => ({ ...EMPTY, headers: ['x-note', inLine(token)] }),
  'in a path': (token) => ({ ...EMPTY, path: `/v1/${encodeURIComponent(token)}/x` }),
  'in a query': (token) => ({ ...EMPTY, query: `?q=${encodeURIComponent(token)}` }),
  'percent, each letter': (token) => assigned(percent(token)),
  'percent, twice': (token) => assigned(percent(token).replaceAll('%', '%25')),
  'base64, at offset 0': (token) => assigned(b64(token)),
  'base64, at offset 1': (token) => assigned(b64(`a${token}`)),
  'base64, at offset 2': (token) => assigned(b64(`ab${token}`)),
  base64url: (token) => assigned(Buffer.from(`?>${token}`).toString('base64url')),
  'base64 without padding': (token) => assigned(b64(`${token}\n`).replace(/=+$/, '')),
  'base64 in lines': (token) => assigned(b64(`${token}\n`).replace(/(.{60})/g, '$1\r\n')),
  'base64, twice': (token) => assigned(b64(b64(token))),
  hex: (token) => assigned(Buffer.from(token).toString('hex')),
  HEX: (token) => assigned(Buffer.from(token).toString('hex').toUpperCase()),
  'hex in base64': (token) => assigned(b64(Buffer.from(token).toString('hex'))),
  'HTML entities': (token) => assigned(each(token, (code) => `&#x${code};`)),
  'UTF-16': (token) => body(Buffer.from(`a = ${token}`, 'utf16le')),
  'gzip as content-encoding': (token) => ({ ...body(gzipSync(token)), encoding: 'gzip' }),
  'gzip as a file': (token) => body(gzipSync(token)),
  'gzip in base64': (token) => assigned(b64(gzipSync(token))),
  'deflate in base64': (token) => assigned(b64(deflateSync(token))),
}

/** These only a value that is known is found in: taken apart, a token has no shape. */
export const SEEN_OF_KNOWN: Readonly<Record<string, Hide>> = {
  'spaces between letters': (token) => body([...token].join(' ')),
  'a dash after each five': (token) => body(token.replace(/(.{5})/g, '$1-')),
  'a line break after each seven': (token) => body(token.replace(/(.{7})/g, '$1\n')),
  'in two JSON strings': (token) =>
    body(JSON.stringify([token.slice(0, token.length / 2), token.slice(token.length / 2)])),
  reversed: (token) => body([...token].reverse().join('')),
}

/** Nothing finds these. They stand here so that nobody believes otherwise. */
export const UNSEEN: Readonly<Record<string, Hide>> = {
  rot13: (token) =>
    body(
      token.replace(/[a-z]/gi, (char) => String.fromCharCode(char.charCodeAt(0) + (/[a-m]/i.test(char) ? 13 : -13))),
    ),
  'XOR with a key': (token) => body(Buffer.from([...Buffer.from(token)].map((byte) => byte ^ 0x5a))),
  'one letter a record': (token) => body([...token].map((char, i) => JSON.stringify({ i, char })).join('\n')),
}

/** The request as one text, for scanners that read files. */
export function asText({ path, query, headers, body: content }: Part): Buffer {
  const lines = headers.map((part, i) => (i % 2 === 0 ? `${part}: ` : `${part}\r\n`)).join('')
  return Buffer.concat([bytes(`POST ${path}${query} HTTP/1.1\r\n${lines}\r\n`), content ?? Buffer.alloc(0)])
}
