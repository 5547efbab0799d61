import { expect, test } from 'vitest'
import { fixedAddress } from './address.ts'
import { hostName } from './host.ts'

test.each([
  ['api.github.com', 'api.github.com'],
  ['API.GitHub.COM', 'api.github.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
  ['gitea', 'gitea'],
  ['a_b.example', 'a_b.example'],
  ['ｅｘａｍｐｌｅ.com', 'example.com'],
])('%s is the host %s', (text, host) => {
  expect(hostName(text)).toEqual({ host })
})

test.each([
  ['https://api.github.com/v1', 'is an address, not a host', 'Write only the host: api.github.com.'],
  ['api.github.com/v1', 'is an address, not a host', 'api.github.com'],
  ['api.github.com:8443', 'has a port', 'ports: [8443]'],
  ['*.github.com', 'wildcard', 'one route for each'],
  ['api.github.com.', 'ends with a dot', 'Write api.github.com.'],
  ['10.0.0.1', 'is an IP address', 'egress.resolve'],
  ['127.1', 'is an IP address', 'egress.resolve'],
  ['0x7f000001', 'is an IP address', 'egress.resolve'],
  ['2130706433', 'is an IP address', 'egress.resolve'],
  ['①②⑦.0.0.1', 'is an IP address', 'egress.resolve'],
  ['[::1]', 'is an IP address', 'egress.resolve'],
  ['fe80::1', 'is an IP address', 'egress.resolve'],
  ['localhost', 'this machine', 'Remove'],
  ['foo.localhost', 'this machine', 'Remove'],
  ['', 'is not a host name', 'api.example.com'],
  ['a b', 'is not a host name', 'api.example.com'],
  ['me@host', 'is not a host name', 'api.example.com'],
  ['a..b', 'is not a host name', 'api.example.com'],
  ['-a.example', 'is not a host name', 'api.example.com'],
  [`${'a'.repeat(64)}.example`, 'is not a host name', 'api.example.com'],
  ['a%2eb', 'is not a host name', 'api.example.com'],
])('%s is refused with what to write', (text, message, fix) => {
  const read = hostName(text)
  expect('message' in read && read.message).toContain(message)
  expect('fix' in read && read.fix).toContain(fix)
})

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['192.168.0.1', '192.168.0.1'],
  ['8.8.8.8', '8.8.8.8'],
  ['fd00::1', 'fd00::1'],
  ['2001:DB8::1', '2001:db8::1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
])('a host may be given the address %s', (text, address) => {
  expect(fixedAddress(text)).toEqual({ address })
})

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.9.9.9', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['::1', 'loopback'],
  ['::', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['169.254.169.254', 'link-local'],
  ['::ffff:169.254.169.254', 'link-local'],
  ['fe80::1', 'link-local'],
  ['febf::1', 'link-local'],
  ['100.100.100.200', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['224.0.0.1', 'multicast'],
  ['255.255.255.255', 'multicast'],
  ['ff02::1', 'multicast'],
  ['gateway', 'not an IP address'],
  ['127.1', 'not an IP address'],
  ['0x7f.1', 'not an IP address'],
  ['300.1.1.1', 'not an IP address'],
  ['1.2.3', 'not an IP address'],
  ['', 'not an IP address'],
  ['10.0.0.1:80', 'not an IP address'],
])('and never %s', (text, refused) => {
  const read = fixedAddress(text)
  expect('refused' in read && read.refused).toContain(refused)
})
