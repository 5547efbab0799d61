import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { BottleRegistry } from '../../bottles/registry.ts'
import { bottleStore } from '../../bottles/store.ts'
import { sha256 } from '../../contract/ids.ts'
import { openDatabase } from '../../db.ts'
import { parseEnv } from '../../env.ts'
import { EventLog } from '../../events/log.ts'
import { createLogger } from '../../logger.ts'
import { createRuntime } from '../../runtime.ts'
import type { BottleWorld } from './bottle-world.ts'
import { until } from './until.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
/** The probe's own requests, to other hosts, are not counted by a dashboard. */
const HOST = 'origin.test'
const NO_DIGEST = sha256.parse('0'.repeat(64))

/** What a dashboard has stored of a bottle. */
export interface DashboardRecords {
  /** In the home, and in the folder of the bottle. */
  files: readonly string[]
  /** Lines of audit of the origin: how many there were to keep, and how many were. */
  requests: { told: number; kept: number }
  /** Of the launch, in the log. */
  steps: readonly string[]
}

/**
 * The home gets everything that a dashboard would have kept of the bottle: the launch is stored as if it had been asked
 * for there, then a whole dashboard is started, which adopts the bottle, catches up with its terminal and its audit, and
 * is closed again. It may close the bottle's egress: call it when everything else is over.
 */
export async function dashboardRecords(bottle: BottleWorld): Promise<DashboardRecords> {
  const { home, plan, events, told, state } = bottle
  const { slug } = plan
  const logger = createLogger('error')
  const db = await openDatabase(home)
  const registry = await BottleRegistry.open(bottleStore(db), logger)
  await registry.add(plan, NO_DIGEST, 'Confirmed by a test.')
  await bottleStore(db).save({ ...registry.get(slug), state: 'running', startedAt: Date.now() })
  const log = await EventLog.open(db)
  for (const event of events) log.append(slug, event)
  await log.flush()
  await db.$disconnect()

  const settings = { BOT_BOTTLE_HOME: home, BOT_BOTTLE_PORT: '0', BOT_BOTTLE_LOG: 'error', NODE_ENV: 'test' } as const
  const env = parseEnv({ ...settings, ...(await bottle.settings()) }, [])
  const runtime = await createRuntime(env, logger, { root: ROOT, version: 'test', port: 0 })
  try {
    const { networks, logs } = runtime.context
    const requests = async () => (await networks.summary(slug)).hosts.find(({ host }) => host === HOST)?.requests ?? 0
    const expected = told.filter(({ host }) => host === HOST).length
    const files = async () => [...(await readdir(home)), ...(await readdir(state))]
    await until(async () => (await requests()) >= expected)
    await until(async () => (await files()).includes('terminal.cast'))
    const { marks } = await logs.outline(slug)
    return {
      files: await files(),
      requests: { told: expected, kept: await requests() },
      steps: marks.flatMap(({ event }) => (event.type === 'step-done' ? [event.step] : [])),
    }
  } finally {
    await runtime.close()
  }
}
