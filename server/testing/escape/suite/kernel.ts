import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { AGENT_USER, ROOT_USER, said, sh } from '../guest.ts'
import type { SceneOf } from '../scene.ts'

/** Writes a kernel setting as it is: what can do that could write another, and nothing is changed by trying. */
const rewrite = (file: string) => `was=$(cat ${file}) && printf '%s\\n' "$was" > ${file}`
/** The loopback interface gets the flags that it has. */
const SAME_FLAGS = `
import fcntl, socket, struct
s = socket.socket()
fcntl.ioctl(s, 0x8914, fcntl.ioctl(s, 0x8913, struct.pack("16sh14x", b"lo", 0)))`
const python = (line: string) => `python3 -c '${line}'`

/** Rows 52 and 54: what works as root of the machine is refused in a bottle, to its root as well. */
export function kernel(scene: SceneOf): void {
  test.for<[promise: string, script: string, user: string, file?: string]>([
    ['a user namespace with a mount', 'unshare -Urm mount -t tmpfs none /mnt', AGENT_USER],
    ['a mount, even as root', 'mount -t tmpfs none /mnt && umount /mnt', ROOT_USER],
    ['a mount of proc, even as root', 'mkdir -p /tmp/p && mount -t proc none /tmp/p && umount /tmp/p', ROOT_USER],
    ['the kernel’s log', 'mknod /tmp/kmsg c 1 11 && exec 3</tmp/kmsg && rm /tmp/kmsg', ROOT_USER],
    ['a magic key', 'echo h > /proc/sysrq-trigger', ROOT_USER, '/proc/sysrq-trigger'],
    ['a core pattern', rewrite('/proc/sys/kernel/core_pattern'), ROOT_USER],
    ['a kernel setting', rewrite('/proc/sys/vm/swappiness'), ROOT_USER],
    ['a network setting', rewrite('/proc/sys/net/ipv4/ip_forward'), ROOT_USER],
    [
      'a control group of its own making',
      'g=/sys/fs/cgroup/memory; [ -d $g ] || g=/sys/fs/cgroup; mkdir $g/escape && rmdir $g/escape',
      ROOT_USER,
    ],
    ['a device node', 'mknod /tmp/disk b 8 0 && rm /tmp/disk', ROOT_USER],
    ['another network', 'unshare -n true', ROOT_USER],
    ['a network interface', python(SAME_FLAGS), ROOT_USER],
    ['another host name', 'hostname "$(hostname)"', ROOT_USER],
    ['another time', python('import time; time.clock_settime(0, time.clock_gettime(0))'), ROOT_USER],
    ['another root', 'chroot / true', ROOT_USER],
    ['a program run as another user', python('import os; os.setuid(1234)'), ROOT_USER],
  ])('52 %s is refused', async ([, script, user, file], context) => {
    const { bottle, unprotected } = scene()
    if (bottle.skipped.kernel) return context.skip(bottle.skipped.kernel)
    if (file && !existsSync(file)) return context.skip(`the kernel of this machine has no ${file}`)
    const before = await settings()
    const control = await sh(unprotected, script, { user: ROOT_USER })
    expect(control, 'the control: unprotected it works').toMatchObject({ code: 0 })
    const { code } = await sh(bottle, script, { user })
    if (bottle.kernel === 'shared') expect(code).not.toBe(0)
    expect(await settings()).toEqual(before)
  })
  test.each([
    ['memory', 'head -c1 /proc/PID/mem; cat /proc/PID/maps | grep -q .'],
    ['environment', 'cat /proc/PID/environ | grep -q MARK'],
    ['files', 'ls /proc/PID/root/ | grep -q .'],
    ['life', 'kill -CONT PID'],
  ])('52 another user’s process does not show its %s', async (_, look) => {
    const { bottle } = scene()
    const start = 'sleep 300 >/dev/null 2>&1 & echo $!'
    const pid = await said(bottle, start, { user: AGENT_USER, env: ['MARK=1'] })
    const line = look.replaceAll('PID', pid)
    expect(await bottle.sh(line, { user: AGENT_USER }), 'the control: its own does').toMatchObject({ code: 0 })
    expect((await bottle.sh(line, { user: '1234:1234' })).code).not.toBe(0)
    await bottle.sh(`kill ${pid}`, { user: AGENT_USER })
  })
  test('52 root of a bottle has no capability, no new privilege and a filter of system calls', async (context) => {
    const { bottle, unprotected } = scene()
    if (bottle.kernel === 'own') return context.skip('root of a kernel of its own is root of nothing else')
    const look = 'grep -E "^(CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "\\t "'
    const none = ['CapEff:0000000000000000', 'CapBnd:0000000000000000', 'CapAmb:0000000000000000']
    const inside = (await said(bottle, look, { user: ROOT_USER })).split('\n')
    expect(inside).toEqual([...none, 'NoNewPrivs:1', 'Seccomp:2'])
    const outside = (await said(unprotected, look, { user: ROOT_USER })).split('\n')
    expect(outside, 'the control').toContain('NoNewPrivs:0')
    expect(outside).toContain('Seccomp:0')
  })
  test('54 the agent is nobody special, and setuid programs make it nobody else', async () => {
    const { bottle, unprotected } = scene()
    expect(await said(bottle, 'id -u')).toBe('1000')
    const copy = 'cp "$(readlink -f "$(command -v python3)")" /tmp/become-root && chmod 4755 /tmp/become-root'
    const become = `/tmp/become-root -c 'import os; print(os.geteuid())'`
    for (const guest of [bottle, unprotected]) {
      await said(guest, copy, { user: ROOT_USER })
      expect(await said(guest, 'stat -c "%A %U" /tmp/become-root')).toBe('-rwsr-xr-x root')
    }
    expect(await said(unprotected, become), 'the control: unprotected it works').toBe('0')
    expect(await said(bottle, become)).toBe('1000')
    expect(await said(bottle, 'su root -c "id -u" </dev/null')).not.toMatch(/^0$/m)
  })
}

/** What the attempts would change of this machine. Null where it has no such file. */
async function settings(): Promise<unknown> {
  const files = ['kernel/core_pattern', 'net/ipv4/ip_forward', 'vm/swappiness', 'kernel/sysrq']
  const read = files.map((file) => readFile(`/proc/sys/${file}`, 'utf8').catch(() => null))
  return [hostname(), ...(await Promise.all(read))]
}
