import { copyFile, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { crc32 } from '../fake-smolvm/artifact/crc32.ts'
import { PROFILES } from '../fake-smolvm/profile.ts'
import { onEveryTarget } from './on-every-target.ts'

onEveryTarget('an artifact', (bench) => {
  const pack = (output: string, ...more: string[]) =>
    bench.smolvm.run(['pack', 'create', '--image', bench.reference, '-o', output, ...more])

  test('an output that ends in .smolmachine gets it twice before 1.7.0 and is refused since', async () => {
    const said = await pack(path.join(bench.folder, 'x.smolmachine'))
    const twice = await stat(path.join(bench.folder, 'x.smolmachine.smolmachine')).catch(() => null)
    expect([said.code, twice !== null]).toEqual(bench.has('pack refuses ending') ? [1, false] : [0, true])
  })

  test('what is no artifact is refused', async () => {
    const file = path.join(bench.folder, 'no.smolmachine')
    await writeFile(file, Buffer.alloc(1000))
    const said = await bench.smolvm.run(['machine', 'create', ...bench.smolvm.nameArgs('no'), '--from', file])
    expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: /m) })
  })
})

onEveryTarget(
  'an artifact from a registry',
  (bench) => {
    let artifact: string
    beforeAll(async () => {
      const output = path.join(bench.folder, 'packed')
      await bench.smolvm.good(['pack', 'create', '--image', bench.reference, '-o', output])
      artifact = `${output}.smolmachine`
    })
    const createFrom = (name: string, file: string, ...more: string[]) =>
      bench.smolvm.run(['machine', 'create', ...bench.smolvm.nameArgs(name), '--from', file, ...more])

    test('ends in a footer whose sum is right, before it a manifest', async () => {
      const whole = await readFile(artifact)
      const footer = whole.subarray(-64)
      expect(footer.toString('latin1', 0, 8)).toBe('SMOLPACK')
      const [assetsSize, manifestAt, manifestSize] = [28, 36, 44].map((at) => Number(footer.readBigUInt64LE(at)))
      expect(footer.readUInt32LE(52)).toBe(crc32(whole.subarray(0, -64)))
      expect(manifestAt).toBe(assetsSize)
      const manifest = JSON.parse(whole.subarray(manifestAt, manifestAt! + manifestSize!).toString())
      expect(manifest).toMatchObject({
        mode: 'container',
        image: bench.reference,
        cmd: ['sleep', 'infinity'],
        network: false,
      })
    })

    test('becomes a machine with the image’s files, environment and folder', async () => {
      expect((await createFrom('from', artifact)).code).toBe(0)
      await bench.smolvm.start('from')
      expect((await bench.smolvm.sh('from', 'pwd; echo $IMAGE_ONLY; stat -c %u /home/node')).stdout).toBe(
        '/home/node\nyes\n1000\n',
      )
      await bench.smolvm.remove('from')
    })

    test('drops an allow list without a word: the record is open, and so is the machine once it has a network', async () => {
      expect((await createFrom('dropped', artifact, '--allow-cidr', '10.1.2.3')).code).toBe(0)
      expect((await bench.smolvm.listed())[0]).toMatchObject({ name: 'dropped', network: false })
      await bench.smolvm.remove('dropped')
    })

    test('is needed at every start', async () => {
      const copy = path.join(bench.folder, 'copy.smolmachine')
      await copyFile(artifact, copy)
      await createFrom('needs', copy)
      await rm(copy)
      expect((await bench.smolvm.run(['machine', 'start', '--name', 'needs'])).code).toBe(1)
      await bench.smolvm.remove('needs')
    })

    test.each([
      ['cut', (file: string, size: number) => truncate(file, size - 1)],
      ['with a changed bit', (file: string, size: number) => flip(file, size >> 1)],
      ['with another magic', (file: string, size: number) => flip(file, size - 64)],
    ])('%s it is refused', async (_what, damage) => {
      const copy = path.join(bench.folder, 'damaged.smolmachine')
      await copyFile(artifact, copy)
      await damage(copy, (await stat(copy)).size)
      const said = await createFrom('damaged', copy)
      expect(said).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Error: /m) })
      expect(await bench.smolvm.listed()).toEqual([])
    })

    test('what a machine has become is packed again', async () => {
      await createFrom('grown', artifact)
      await bench.smolvm.start('grown')
      await bench.smolvm.sh('grown', 'echo kept > /home/node/grown')
      await bench.smolvm.good(['machine', 'stop', '--name', 'grown'])
      const output = path.join(bench.folder, 'frozen')
      await bench.smolvm.good(['pack', 'create', '--from-vm', 'grown', '-o', output])
      await bench.smolvm.remove('grown')
      await createFrom('thawed', `${output}.smolmachine`)
      await bench.smolvm.start('thawed')
      expect((await bench.smolvm.sh('thawed', 'cat /home/node/grown')).stdout).toBe('kept\n')
      await bench.smolvm.remove('thawed')
    })

    test.each(['truncated', 'flipped'])('the knob damages what is packed: %s', async (damage) => {
      const output = path.join(bench.folder, damage)
      const env = { FAKE_SMOLVM_PACK_DAMAGE: damage }
      await bench.smolvm.good(['pack', 'create', '--image', bench.reference, '-o', output], { env })
      expect((await createFrom('spoilt', `${output}.smolmachine`)).code).toBe(1)
    })
  },
  ({ version, double }) => double && version === PROFILES[0],
)

onEveryTarget(
  'an archive',
  (bench) => {
    test('comes through standard input as well', async () => {
      const input = await readFile(bench.archive)
      await bench.smolvm.good(['machine', 'create', '--name', 'piped', '--image', '-'], { input })
      await bench.smolvm.remove('piped')
    })

    test('its machine cannot be packed up to 1.9.3', async () => {
      await bench.smolvm.create('local', bench.image)
      const said = await bench.smolvm.run(['pack', 'create', '--from-vm', 'local', '-o', path.join(bench.folder, 'l')])
      expect(said.code).toBe(1)
      await bench.smolvm.remove('local')
    })
  },
  ({ version, double }) => double && version === PROFILES[1],
)

async function flip(file: string, at: number): Promise<void> {
  await using handle = await open(file, 'r+')
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at)
  await handle.write(Buffer.from([buffer[0]! ^ 0x20]), 0, 1, at)
}
