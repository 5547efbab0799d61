/**
 * Promise 1, the host's side of it: the bottle finds nothing of this machine to hold on to, and cannot use it up. Attacks
 * of egress.md, section 7, rows 51–54, from inside a real bottle.
 *
 * Elsewhere: the engine's settings as a golden list in `server/backends/docker/launch.docker.test.ts`; symbolic links in a
 * workspace (49) in `server/backends/docker/workspace.docker.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineAbsent, TestHome } from '../../backends/docker/testing/test-home.ts'
import { BottleWorld, mintWorldCa } from './bottle-world.ts'
import { Made } from './made.ts'
import { route } from './route.ts'
import { Side } from './side.ts'

const TOKEN = 'real-host-token-91c4e7d2a0b85f36'
const absent = await engineAbsent()

describe.skipIf(absent)(`from inside a bottle${absent ? ` (skipped: ${absent})` : ''}`, () => {
  const made = new Made()
  let world: BottleWorld

  beforeAll(async () => {
    const ca = await mintWorldCa()
    const origin = made.use(await Side.open(ca, ['origin.test']))
    const evil = made.use(await Side.open(ca, ['evil.test']))
    const home = made.use(await TestHome.create())
    await home.write(
      'bottles/small.md',
      '---\nagent_provider: {template: shell}\nlimits: {memory: 256m, pids: 64}\n---\n',
    )
    await home.write('agents/small.md', '---\nbottle: small\n---\n')
    const around = { ca, origin, evil, tokens: { API: TOKEN }, choice: { agent: 'small' } }
    world = made.use(await BottleWorld.launch(home, around))
    await world.routes([route('origin.test', { ports: [origin.port] })], ['origin.test', 'evil.test'])
  })
  afterAll(() => made[Symbol.asyncDispose]())

  const said = async (script: string, user = '1000:1000') => {
    const { stdout, stderr } = await world.sh(script, { user })
    return `${stdout}${stderr}`.trim()
  }

  test('51 there is no socket of an engine, no device of the machine and no process but its own', async () => {
    expect(await said('find / -xdev -type s 2>/dev/null; ls /var/run/docker.sock /run/containerd 2>/dev/null')).toBe('')
    const devices = (await said('find /dev -type b -o -type c | sort')).split('\n')
    expect(
      devices.filter(
        (device) => !/^\/dev\/(pts\/|console$|full$|null$|ptmx$|random$|tty$|urandom$|zero$)/.test(device),
      ),
    ).toEqual([])
    const processes = (await said('cat /proc/[0-9]*/comm')).split('\n')
    expect(processes.filter((name) => !/^(docker-init|tini|sh|cat|bash)$/.test(name))).toEqual([])
  })
  test('51 there is no folder of this machine in it', async () => {
    const mounts = (await said('cut -d" " -f5 /proc/self/mountinfo')).split('\n')
    const known =
      /^\/($|proc|sys|dev|run\/bot-bottle$|etc\/(resolv\.conf|hostname|hosts)$|sbin\/docker-init$|usr\/sbin\/docker-init$)/
    expect(mounts.filter((mount) => !known.test(mount))).toEqual([])
  })
  test.each<[promise: string, script: string, user: string]>([
    ['a user namespace with a mount', 'unshare -Urm mount -t tmpfs none /mnt', '1000:1000'],
    ['a mount, even as root', 'mount -t tmpfs none /mnt', '0:0'],
    ['a mount of proc, even as root', 'mkdir -p /tmp/p && mount -t proc none /tmp/p', '0:0'],
    ['the kernel’s log', 'head -c1 /dev/kmsg || dmesg', '0:0'],
    ['a magic key', 'echo b > /proc/sysrq-trigger', '0:0'],
    ['a core pattern', 'echo "|/tmp/x" > /proc/sys/kernel/core_pattern', '0:0'],
    ['a kernel setting', 'echo 1 > /proc/sys/net/ipv4/ip_forward', '0:0'],
    ['a release agent', 'mkdir /sys/fs/cgroup/x 2>&1 && echo x > /sys/fs/cgroup/release_agent', '0:0'],
    ['a device node', 'mknod /tmp/disk b 8 0', '0:0'],
    ['another network', 'ip link add dummy0 type dummy || exit 1', '0:0'],
    ['memory of the gate before it', 'head -c1 /proc/1/mem', '1000:1000'],
    ['the root directory of another user’s process', 'ls /proc/self/root/root/ && ls /proc/1/root/root/', '1000:1000'],
    ['another host name', 'hostname evil', '0:0'],
    ['another time', 'date -s 2001-01-01', '0:0'],
  ])('52 %s is refused', async (_, script, user) => {
    const { code } = await world.sh(script, { user })
    expect(code).not.toBe(0)
  })
  test('52 no process can be traced into another user’s, and no new privilege is had', async () => {
    const status = await said(
      'grep -E "^(CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "\\t "',
      '0:0',
    )
    expect(status.split('\n')).toEqual([
      'CapEff:0000000000000000',
      'CapBnd:0000000000000000',
      'CapAmb:0000000000000000',
      'NoNewPrivs:1',
      'Seccomp:2',
    ])
  })
  test('53 a fork bomb ends at its limit, and the bottle lives on', async () => {
    const bomb = 'for i in $(seq 200); do sleep 5 & done 2>&1 | grep -ci "fork" ; true'
    const { stdout, stderr } = await world.sh(bomb)
    expect(`${stdout}${stderr}`).not.toBe('')
    await world.sh('pkill sleep; true', { user: '1000:1000' }).catch(() => null)
    await untilRuns()
    const { reply } = await world.attack({ kind: 'tcp', to: '1.1.1.1:443' })
    expect(reply).not.toContain('REACHED')
  })
  test('53 a program that takes all memory is ended, and the machine keeps its own', async () => {
    const hog = 'node --max-old-space-size=4000 -e "const a=[]; for(;;) a.push(Buffer.alloc(16<<20, 1))"'
    expect((await world.sh(hog)).code).not.toBe(0)
    await untilRuns()
  })
  test('54 setuid programs give nothing', async () => {
    const programs = (await said('find / -xdev -perm -4000 -type f 2>/dev/null')).split('\n').filter(Boolean)
    expect(programs.length, 'the control: there are some').toBeGreaterThan(0)
    expect(await said('su root -c "id -u" </dev/null')).not.toMatch(/^0$/m)
    await said('cp "$(readlink -f "$(command -v python3)")" /tmp/become-root && chmod 4755 /tmp/become-root', '0:0')
    expect(await said('stat -c "%A %U" /tmp/become-root')).toBe('-rwsr-xr-x root')
    expect(await said(`/tmp/become-root -c 'import os; print(os.geteuid())'`)).toBe('1000')
  })
  test('no token is in anything that a bottle leaves behind', async () => {
    expect(await world.placesOf(TOKEN)).toEqual([])
  })

  /** Killed programs take a moment to leave their places. */
  async function untilRuns(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      const ran = await world.sh('echo alive').catch(() => null)
      if (ran?.stdout.includes('alive')) return
    }
    throw new Error('The bottle runs nothing any more.')
  }
})
