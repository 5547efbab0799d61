import { expect, test } from 'vitest'
import { lastPlainLine } from './plain-line.ts'

test.each([
  ['one\ntwo\n', 'two'],
  ['\u001b[1;31mred\u001b[0m text\n\n  \n', 'red text'],
  ['10%\r50%\r', '50%'],
  ['\u001b]0;<b>title</b>\u0007shown', 'shown'],
  ['\u001b]8;;http://evil\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['a\u202eb\u0000c\td', 'abc d'],
  ['\n\u001b[2J\n', null],
  ['x'.repeat(500), 'x'.repeat(200)],
])('%j shows as %j', (output, plain) => expect(lastPlainLine(output)).toBe(plain))
