import { expect, test } from 'vitest'
import { said } from '../guest.ts'
import type { SceneOf } from '../scene.ts'

const SOCKETS = 'find / -path /proc -prune -o -path /sys -prune -o -type s -print 2>/dev/null'
const ENGINES = 'ls -d /var/run/docker.sock /run/containerd /run/podman /run/crio 2>/dev/null'
const DEVICES = 'find /dev \\( -type b -o -type c \\) | sort'
const MOUNTS = 'cut -d" " -f5 /proc/self/mountinfo'
const PROCESSES = 'cat /proc/[0-9]*/comm 2>/dev/null'

/** Row 51: what is not in a bottle cannot be held on to. Each look does find it where nothing is protected. */
export function machine(scene: SceneOf): void {
  async function strangers(look: string, own: RegExp) {
    const [inside, outside] = await Promise.all([said(scene().bottle, look), said(scene().unprotected, look)])
    const strange = (text: string) => text.split('\n').filter((name) => name !== '' && !own.test(name))
    expect(strange(outside), 'the control: it is found where it is').not.toEqual([])
    return strange(inside)
  }
  const furniture = () => scene().bottle.furniture

  test('51 there is no socket of an engine, nor of any other service', async () => {
    expect(await strangers(SOCKETS, /^$/)).toEqual([])
    expect(await said(scene().bottle, ENGINES)).toBe('')
  })
  test('51 there is no device of the machine', async (context) => {
    const { skipped } = scene().bottle
    if (skipped.kernel) return context.skip(skipped.kernel)
    expect(await strangers(DEVICES, furniture().devices)).toEqual([])
  })
  test('51 there is no folder of the machine', async () =>
    expect(await strangers(MOUNTS, furniture().mounts)).toEqual([]))
  test('51 there is no process but its own', async () =>
    expect(await strangers(PROCESSES, furniture().processes)).toEqual([]))
}
