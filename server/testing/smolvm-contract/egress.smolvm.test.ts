import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

/** Two addresses that this host gets (of a range for documentation), with the same listener behind both. */
const [LISTED, OTHER] = ['198.51.100.7', '198.51.100.8'] as const
const GATEWAY = '100.96.0.1'
const NEITHER = 7

onEveryTarget(
  'egress',
  (bench) => {
    const old = () => !bench.has('enforced by virtio-net')
    let port: number
    const server = createServer((socket) => socket.on('error', () => {}).end('here\n'))

    beforeAll(async () => {
      for (const address of [LISTED, OTHER]) execFileSync('ip', ['addr', 'replace', `${address}/32`, 'dev', 'lo'])
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
      port = (server.address() as { port: number }).port
    })
    afterAll(() => {
      server.close()
      for (const address of [LISTED, OTHER]) execFileSync('ip', ['addr', 'del', `${address}/32`, 'dev', 'lo'])
    })

    const machine = async (name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      await bench.smolvm.create(name, [...bench.image, ...args])
      await bench.smolvm.start(name, env)
    }
    /** @returns whether the listener answered */
    const reaches = async (name: string, address: string) => {
      const script = `exec 3<>/dev/tcp/${address}/${port} && read -r -t 2 line <&3 && [ "$line" = here ] || exit ${NEITHER}`
      const { code } = await bench.smolvm.exec(name, 'timeout', '3', 'bash', '-c', script)
      return code === 0
    }

    test('a listed address is reached, and no other: not the host at another address, not its loopback, not the metadata', async () => {
      await machine('listed', ['--allow-cidr', LISTED])
      expect(await reaches('listed', LISTED)).toBe(true)
      for (const address of [OTHER, GATEWAY, '127.0.0.1', '169.254.169.254']) {
        expect(await reaches('listed', address), address).toBe(false)
      }
      await bench.smolvm.remove('listed')
    })

    test('control: without a policy the same addresses are reached, so the refusals above mean something', async () => {
      await machine('open', ['--net'])
      expect(await reaches('open', LISTED)).toBe(true)
      expect(await reaches('open', OTHER)).toBe(true)
      // From 1.7.2 the gateway stands for the loopback of the host.
      expect(await reaches('open', GATEWAY)).toBe(!old())
      // Below 1.1.3 the host makes the connections, also those to its own loopback.
      expect(await reaches('open', '127.0.0.1')).toBe(old())
      await bench.smolvm.remove('open')
    })

    test('without network there is loopback, and nothing else', async () => {
      await machine('dark', [])
      expect(await reaches('dark', LISTED)).toBe(false)
      expect((await bench.smolvm.sh('dark', 'grep -c : /proc/net/dev')).stdout).toBe('1\n')
      await bench.smolvm.remove('dark')
    })

    test('an address of the host’s loopback is one like others below 1.1.3, and the guest’s own from then on', async () => {
      await machine('alias', ['--allow-cidr', '127.0.0.16'])
      expect(await reaches('alias', '127.0.0.16')).toBe(old())
      for (const address of ['127.0.0.17', '127.0.0.1']) expect(await reaches('alias', address), address).toBe(false)
      await bench.smolvm.remove('alias')
    })

    test('listing the gateway opens every port of the host’s loopback (from 1.7.2)', async () => {
      await machine('gateway', ['--allow-cidr', GATEWAY])
      expect(await reaches('gateway', GATEWAY)).toBe(!old())
      await bench.smolvm.remove('gateway')
    })

    test('names: open with --allow-cidr alone, closed with --allow-host (from 1.1.3)', async () => {
      const asked = async (name: string) => {
        const script = `exec 3<>/dev/udp/${GATEWAY}/53 && printf '${QUERY}' >&3 && head -c 2 <&3 | grep -q . || exit ${NEITHER}`
        return (await bench.smolvm.exec(name, 'timeout', '4', 'bash', '-c', script)).code === 0
      }
      await machine('cidr', ['--allow-cidr', LISTED])
      await machine('host', ['--allow-host', LISTED])
      expect(await reaches('host', LISTED)).toBe(true)
      expect(await asked('cidr')).toBe(!old())
      expect(await asked('host')).toBe(false)
      await bench.smolvm.remove('cidr')
      await bench.smolvm.remove('host')
    })

    test('what was refused is told (from 1.8.1)', async () => {
      if (old()) return
      await machine('told', ['--allow-cidr', LISTED])
      await reaches('told', OTHER)
      const { stdout } = await bench.smolvm.good(['machine', 'egress-events', '-n', 'told', '--json'])
      expect(JSON.parse(stdout)).toEqual([
        { timestamp: expect.stringMatching(/^\d{4}-/), operation: 'tcp', dest: `${OTHER}:${port}` },
      ])
      await bench.smolvm.remove('told')
    })

    test('the knob: a policy that is recorded and not enforced lets everything through', async () => {
      await machine('tsi', ['--allow-cidr', LISTED], { FAKE_SMOLVM_TSI_UNENFORCED: '1' })
      expect(await reaches('tsi', OTHER)).toBe(true)
      await bench.smolvm.remove('tsi')
    })

    test('root in the machine cannot take the policy away', async () => {
      await machine('root', ['--allow-cidr', LISTED, '--init', 'id -u > /tmp/who'])
      expect((await bench.smolvm.sh('root', 'cat /tmp/who')).stdout).toBe('0\n')
      const rules = await bench.smolvm.sh('root', 'ls /sys/class/net')
      expect(rules.stdout).not.toMatch(/tap0|guest0/)
      await bench.smolvm.remove('root')
    })
  },
  ({ double }) => double,
)

/** Asks for the address of example.com, as bytes for printf. */
const QUERY =
  '\\x12\\x34\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x07example\\x03com\\x00\\x00\\x01\\x00\\x01'
