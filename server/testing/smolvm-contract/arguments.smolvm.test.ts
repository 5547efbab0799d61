import { expect, test } from 'vitest'
import { onEveryTarget } from './on-every-target.ts'

onEveryTarget('arguments', (bench) => {
  const code = async (...args: string[]) => (await bench.smolvm.run(args)).code

  test('the version is told', async () => {
    expect((await bench.smolvm.run(['--version'])).stdout).toBe(`smolvm ${bench.target.version}\n`)
  })

  test('a flag that nobody knows ends with 2 and says how it is used, on standard error', async () => {
    const said = await bench.smolvm.run(['machine', 'ls', '--nonsense'])
    expect(said).toMatchObject({ code: 2, stdout: '' })
    expect(said.stderr).toMatch(/unexpected argument '--nonsense'[\s\S]*Usage:/)
  })

  test('the form of naming a machine that is of another version is refused', async () => {
    const [own, other] = bench.smolvm.named ? [['--name', 'm'], ['m']] : [['m'], ['--name', 'm']]
    expect(await code('machine', 'delete', '-f', ...other!)).toBe(2)
    expect(await code('machine', 'delete', '-f', ...own!)).toBe(1)
    expect(await code('machine', 'create', ...other!, '--image', 'x')).toBe(2)
  })

  test('a machine is made from an artifact or from an image, not from both', async () => {
    const name = bench.smolvm.nameArgs('m')
    expect(await code('machine', 'create', ...name, '--from', 'a.smolmachine', '--image', 'b')).toBe(2)
    expect(await code('machine', 'create', ...name, '--from', 'a.smolmachine', '--smolfile', 'b')).toBe(2)
  })

  test.each(['10.0.0.0/33', 'example.com', '10.0.0', ''])('%j is no network', async (cidr) => {
    expect(await code('machine', 'create', ...bench.smolvm.nameArgs('m'), `--allow-cidr=${cidr}`)).toBe(2)
  })

  test.each(['-x', 'a--b', 'a-', 'a/b', 'x'.repeat(129)])('%j is no name of a machine', async (name) => {
    const form = bench.smolvm.named ? [`--name=${name}`] : [name]
    const said = await bench.smolvm.run(['machine', 'create', ...form, ...bench.image])
    expect(said.code).toBeGreaterThan(0)
    expect(await bench.smolvm.listed()).toEqual([])
  })

  test('exec has no short form of --name, and wants a command', async () => {
    expect(await code('machine', 'exec', '-n', 'm', '--', 'true')).toBe(2)
    expect(await code('machine', 'exec', '--name', 'm')).toBe(2)
  })

  test('vm is another word for machine', async () => {
    expect((await bench.smolvm.run(['vm', 'list', '--json'])).stdout.trim()).toBe('[]')
  })

  test('egress events are there from 1.8.1', async () => {
    expect(await code('machine', 'egress-events', '-n', 'm')).toBe(bench.has('egress events') ? 1 : 2)
  })
})
