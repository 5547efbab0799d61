import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type DashboardRecords, dashboardRecords } from '../dashboard-records.ts'
import { NAMES, type SceneOf, TOKENS } from '../scene.ts'

/** Rows 31–33: after everything that was tried above, no real token is anywhere but in the memory of egress. */
export function artefacts(scene: SceneOf): void {
  let records: DashboardRecords
  beforeAll(async () => {
    const { bottle } = scene()
    await bottle.print('escape-mark')
    await bottle.routes([], NAMES)
    records = await dashboardRecords(bottle)
  })

  test('32 the dashboard has kept the events, every line of the audit, and the terminal', () => {
    expect(records.files).toEqual(expect.arrayContaining(['dashboard.db', 'terminal.cast']))
    expect(records.requests.kept).toBe(records.requests.told)
    expect(records.requests.told).toBeGreaterThan(0)
    expect(records.steps).toContain('boundary probe')
  })
  test('31–33 no token is in the bottle, nor in anything that it leaves behind; the key of its authority is in one file', async () => {
    const { bottle } = scene()
    const canary = await bottle.canary()
    const pem = await readFile(path.join(bottle.state, 'egress-ca/ca.key'), 'utf8')
    const { canary: known = [], ...secret } = await bottle.leftBehind({ canary, ...TOKENS, key: pem.split('\n')[1]! })
    expect(known.join('\n'), 'the control: what is there is found, inside and outside').toMatch(/^in the bottle: /m)
    expect(known.filter((place) => !place.startsWith('in the bottle'))).not.toEqual([])
    expect(secret).toEqual({ key: [expect.stringMatching(/^in the home: .*egress-ca\/ca\.key$/)] })
  })
  test('33 the bottle trusts its own authority, and has one certificate of it', async () => {
    expect((await scene().bottle.sh('grep -c "BEGIN CERT" /etc/bot-bottle/ca.pem')).stdout.trim()).toBe('1')
  })
}
