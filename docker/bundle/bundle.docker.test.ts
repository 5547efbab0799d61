import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BundleWorld, worldAbsent } from './testing/bundle-world.ts'

const TOKEN = 'real-token-7f3a9b2c5d8e1f40'
const SECOND = 'real-token-after-a-second-hand-over'
const DIGEST = createHash('sha256').update(`Bearer ${TOKEN}`).digest('hex')
const absent = await worldAbsent()

describe.skipIf(absent !== null)(`a bundle on a real engine${absent ? ` (skipped: ${absent})` : ''}`, () => {
  let world: BundleWorld
  beforeAll(async () => {
    world = await BundleWorld.create()
    await world.start()
  })
  afterAll(() => world?.[Symbol.asyncDispose]())

  const daemonPid = async () => String((await world.health()).daemons[0]?.pid)
  const lastN = async () => (await world.lines()).at(-1)?.n ?? 0

  test('runs nothing before secrets came, and says so', async () => {
    expect(await world.health()).toMatchObject({ ready: false, handedOver: false, daemons: [] })
    expect(await world.ask('/')).toMatchObject({ status: 0, body: 'ECONNREFUSED' })
  })
  test('a line that is no hand-over changes nothing and is not repeated', async () => {
    await world.handOver(`{"daemons":["egress"],"egress":{"tokens":{"API":"${TOKEN}"}}}`)
    const told = await world.told((line) => line.kind === 'input-refused')
    expect(JSON.stringify(told)).not.toContain(TOKEN)
  })
  test('carries a request once secrets came, with the credential, and tells it', async () => {
    await world.handOver(world.input(TOKEN))
    await world.told((line) => line.kind === 'ready')
    const { status, body } = await world.ask('/v1/x', { authorization: 'Bearer of-the-agent' })
    expect(status).toBe(200)
    expect(JSON.parse(body)).toEqual({ path: '/v1/x', digest: DIGEST })
    await world.told((line) => line.kind === 'audit' && line.line.path === '/v1/x' && line.line.outcome === 'allowed')
    expect(await world.health()).toMatchObject({ ready: true, daemons: [{ name: 'egress', state: 'up', uid: 10001 }] })
  })
  test('numbers its lines without a gap', async () => {
    const numbers = (await world.lines()).map(({ n }) => n)
    expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i))
  })

  describe('secrets', () => {
    test('stand in nothing that the engine or another user can read', async () => {
      const inspected = JSON.stringify(await world.inspect(world.bundle))
      const processes = await world.inBundle('sh', '-c', 'cat /proc/[0-9]*/cmdline /proc/self/environ | tr "\\0" " "')
      const logs = JSON.stringify(await world.lines())
      for (const place of [inspected, processes.stdout, logs]) {
        expect(place.length).toBeGreaterThan(0)
        expect(place).not.toContain(TOKEN)
        expect(place).not.toContain(world.ca.key.split('\n')[1]!)
      }
    })
    test('stand in no file of the container', async () => {
      const { stdout } = await world.inBundle(
        'sh',
        '-c',
        `grep -rslF ${TOKEN} /etc /opt /run /tmp /var /home /root; true`,
      )
      expect(stdout).toBe('')
    })
    test.each(['environ', 'mem', 'fd/3', 'maps'])('another user reads no /proc/<egress>/%s', async (file) => {
      const pid = await daemonPid()
      const { exitCode, stderr } = await world.inBundleAs('10002:10002', 'head', '-c', '1', `/proc/${pid}/${file}`)
      expect(exitCode).not.toBe(0)
      expect(stderr).toMatch(/denied|permitted/i)
    })
    test('another user neither signals egress nor asks the supervisor', async () => {
      const pid = await daemonPid()
      expect((await world.inBundleAs('10002:10002', 'sh', '-c', `kill -9 ${pid}`)).exitCode).not.toBe(0)
      const asked = await world.inBundleAs('10002:10002', 'node', '/opt/bot-bottle/supervisor.mjs', '--health')
      expect(asked.stderr).toMatch(/EACCES/)
      expect(await daemonPid()).toBe(pid)
    })
  })

  test('egress has no capability, no way to gain one, an empty environment and only its own pipes', async () => {
    const pid = await daemonPid()
    const { stdout: status } = await world.inBundle('cat', `/proc/${pid}/status`)
    expect(status).toMatch(/^Uid:\s+10001\s+10001\s+10001\s+10001$/m)
    expect(status).toMatch(/^Groups:\s*$/m)
    expect(status).toMatch(/^CapEff:\s+0{16}$/m)
    expect(status).toMatch(/^CapPrm:\s+0{16}$/m)
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    const environ = await world.inBundleAs('10001:10001', 'cat', `/proc/${pid}/environ`)
    expect(environ).toMatchObject({ exitCode: 0, stdout: '' })
  })
  test('writes nowhere but to its memory', async () => {
    const { exitCode } = await world.inBundle('sh', '-c', 'echo x > /opt/bot-bottle/x')
    expect(exitCode).not.toBe(0)
    expect((await world.inBundle('sh', '-c', 'echo x > /etc/bot-bottle/egress/x')).exitCode).not.toBe(0)
  })
  test('listens on the internal network alone', async () => {
    const { stdout } = await world.inBundle('cat', '/proc/net/tcp')
    const listening = stdout.split('\n').filter((line) => / 0A /.test(line) && /:238B /.test(line))
    const hex = world.address
      .split('.')
      .reverse()
      .map((part) => Number(part).toString(16).padStart(2, '0'))
    expect(listening).toHaveLength(1)
    expect(listening[0]).toContain(`${hex.join('').toUpperCase()}:238B`)
  })

  describe('routes', () => {
    test('replaced in the folder are in effect', async () => {
      const before = await lastN()
      await world.routes(world.table({ matches: [{ paths: [{ type: 'prefix', value: '/v1' }] }] }))
      await world.told((line) => line.kind === 'table' && line.ok, before)
      expect((await world.ask('/v1/y')).status).toBe(200)
      expect(await world.ask('/v2')).toMatchObject({ status: 403, body: expect.stringContaining('no-match') })
    })
    test('that cannot be read leave the ones before in force, and are told', async () => {
      const before = await lastN()
      await world.routes('version: 1\nroutes: [')
      await world.told((line) => line.kind === 'table' && !line.ok, before)
      expect((await world.ask('/v1/z')).status).toBe(200)
      expect((await world.ask('/v2')).status).toBe(403)
    })
    test('that freeze close everything, and open again', async () => {
      let before = await lastN()
      await world.routes(world.table({}, { frozen: true }))
      await world.told((line) => line.kind === 'table' && line.ok, before)
      expect(await world.ask('/v1/z')).toEqual({ status: 403, body: 'frozen' })
      before = await lastN()
      await world.routes(world.table())
      await world.told((line) => line.kind === 'table' && line.ok, before)
      expect((await world.ask('/v1/z')).status).toBe(200)
    })
  })

  test('a second hand-over is in force without a restart', async () => {
    const pid = await daemonPid()
    const before = await lastN()
    await world.handOver(world.input(SECOND))
    await world.told((line) => line.kind === 'ready', before)
    const { body } = await world.ask('/v1/again')
    expect(JSON.parse(body).digest).toBe(createHash('sha256').update(`Bearer ${SECOND}`).digest('hex'))
    expect(await daemonPid()).toBe(pid)
  })
  test('a renewal replaces what it names without a restart, and keeps the rest', async () => {
    const pid = await daemonPid()
    const before = await lastN()
    const renewed = 'real-token-after-a-renewal'
    await world.handOver(
      JSON.stringify({ renew: { tokens: { API: renewed }, known: [{ name: 'API', value: renewed }] } }),
    )
    await world.told((line) => line.kind === 'ready', before)
    const { body } = await world.ask('/v1/renewed')
    expect(JSON.parse(body).digest).toBe(createHash('sha256').update(`Bearer ${renewed}`).digest('hex'))
    expect(await daemonPid()).toBe(pid)
    expect(await world.health()).toMatchObject({ ready: true, given: ['API'] })
    await world.handOver(world.input(SECOND))
  })
  test('a killed egress is closed, then back with its secrets and routes', async () => {
    const before = await lastN()
    await world.inBundle('sh', '-c', `kill -9 ${await daemonPid()}`)
    await world.told((line) => line.kind === 'daemon' && line.state === 'down', before)
    const back = await world.told((line) => line.kind === 'daemon' && line.state === 'up', before)
    expect(back).toMatchObject({ restarts: 1 })
    const { body } = await world.ask('/v1/back')
    expect(JSON.parse(body).digest).toBe(createHash('sha256').update(`Bearer ${SECOND}`).digest('hex'))
  })
  test('leaves no zombies', async () => {
    const { stdout } = await world.inBundle('sh', '-c', 'grep -h ^State: /proc/[0-9]*/status')
    expect(stdout).not.toMatch(/Z \(zombie\)/)
  })
  test('stops within its grace, goes on numbering when started again, and waits for secrets', async () => {
    const before = await lastN()
    const { execa } = await import('execa')
    await execa('docker', ['stop', world.bundle])
    expect(await world.told((line) => line.kind === 'ended', before)).toMatchObject({ failed: false })
    expect((await world.inspect(world.bundle))[0].State).toMatchObject({ ExitCode: 0, OOMKilled: false })
    await world.start()
    expect(await world.health()).toMatchObject({ ready: false, handedOver: false })
    const last = await lastN()
    await world.handOver(world.input(TOKEN))
    await world.told((line) => line.kind === 'ready', last)
    expect((await world.ask('/v1/third')).status).toBe(200)
  })
  test('ends with a reason when egress dies five times within a minute', async () => {
    const before = await lastN()
    await world.inBundle(
      'sh',
      '-c',
      // Each as soon as it is there again.
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
      'for i in $(seq 1 600); do for p in /proc/[0-9]*; do grep -q "[e]gress.mjs" $p/cmdline 2>/dev/null && kill -9 ${p#/proc/} 2>/dev/null; done; sleep 0.1; done',
    )
    expect(await world.told((line) => line.kind === 'daemon' && line.state === 'gave-up', before)).toMatchObject({
      restarts: 5,
    })
    expect(await world.told((line) => line.kind === 'ended', before)).toMatchObject({
      failed: true,
      why: expect.stringContaining('egress died five times'),
    })
    expect((await world.inspect(world.bundle))[0].State).toMatchObject({ Running: false, ExitCode: 1 })
    expect(await world.ask('/')).toMatchObject({ status: 0 })
  })
})
