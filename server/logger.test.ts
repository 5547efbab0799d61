import { expect, test } from 'vitest'
import { createLogger, redact } from './logger.ts'

test.each([
  ['Authorization: Bearer abcdef123456', 'Authorization: Bearer ***'],
  ['https://me:pass@forge.example/x', 'https://***@forge.example/x'],
  ['/bottles/a?token=abc&x=1', '/bottles/a?token=***&x=1'],
  ['GET /share/Zm9vYmFyYmF6/log', 'GET /share/***/log'],
  ['nothing to hide', 'nothing to hide'],
])('%s is written as %s', (text, written) => expect(redact(text)).toBe(written))

test('a line is JSON with its fields; fields with a secret’s name are not written', () => {
  const lines: string[] = []
  const logger = createLogger('info', (line) => lines.push(line))
  logger.debug('too quiet')
  logger.warn('Refused.', {
    path: '/x',
    authToken: 'abc',
    nested: { password: 'abc', fine: 1 },
    error: new Error('why'),
  })
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0]!)
  expect(line).toMatchObject({
    level: 'warn',
    message: 'Refused.',
    path: '/x',
    authToken: '***',
    nested: { password: '***', fine: 1 },
  })
  expect(line.error).toContain('Error: why')
})
