import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type Env, EnvError, parseEnv } from './env.ts'
import { isAppError } from './errors.ts'
import { Guard } from './guard.ts'
import { lockHome } from './home-lock.ts'
import { createBareServer, serveApp } from './http/app-server.ts'
import { holdEarly } from './http/hold-early.ts'
import { startPages } from './http/pages.ts'
import { mappedStack } from './lib/mapped-stack.ts'
import { Scope } from './lib/scope.ts'
import { listen } from './listen.ts'
import { createLogger, type Logger } from './logger.ts'
import { createRuntime } from './runtime.ts'
import { createCaller } from './trpc/router.ts'

/** What this file runs as: `server/main.ts` under tsx, or `dist/server.mjs`. Either is one folder below the repository. */
const root = path.dirname(import.meta.dirname)

/** Ends the process when closing hangs; the bottles do not mind. */
const SHUTDOWN_LIMIT_MS = 8_000

/** Brings everything up in the order in which it can fail: home, port, services, pages. Closing `scope` undoes it. */
async function start(env: Env, logger: Logger, scope: Scope): Promise<string> {
  mkdirSync(env.home, { recursive: true, mode: 0o700 })
  chmodSync(env.home, 0o700)
  const lock = await lockHome(env.home)
  scope.defer('home lock', lock.release)

  const server = createBareServer()
  const handOver = holdEarly(server)
  const port = await listen(server, env.host, env.port)
  const name = env.host === '127.0.0.1' || env.host === '0.0.0.0' || env.host === '::' ? 'localhost' : env.host
  const address = `http://${name.includes(':') ? `[${name}]` : name}:${port}`
  lock.announce(address)

  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  const runtime = await createRuntime(env, logger, { root, version, port })
  scope.defer('services', runtime.close)
  // For server components, which Next bundles apart: the one thing that the two sides share besides types.
  Reflect.set(globalThis, Symbol.for('bot-bottle.caller'), createCaller(runtime.context))

  const pages = await startPages({ dev: env.dev, dir: root, hostname: env.host, port })
  scope.defer('pages', pages.close)
  const guard = new Guard({ host: env.host, port, allowedHosts: env.allowedHosts, token: env.token })
  const app = serveApp(server, { ...runtime, guard, dev: env.dev, pages, logger })
  // Last in, so first out: streams and requests end before what they read from.
  scope.defer('port', () => {
    server.close()
    server.closeAllConnections()
  })
  scope.defer('sockets', app.close)
  handOver()
  return address
}

async function main(): Promise<void> {
  const env = parseEnv(process.env, process.argv.slice(2))
  const logger = createLogger(env.logLevel)
  const scope = new Scope((name, error) => {
    if (error) logger.warn('Something could not be closed.', { name, error })
  })
  let stopping = false
  const stop = async (why: string, code: number) => {
    if (stopping) return
    stopping = true
    logger.info('The server stops; bottles keep running.', { why })
    setTimeout(() => process.exit(code), SHUTDOWN_LIMIT_MS).unref()
    await scope.close()
    process.exit(code)
  }
  process.on('SIGTERM', () => void stop('SIGTERM', 0))
  process.on('SIGINT', () => void stop('SIGINT', 0))
  // Whoever reads our output may go away before we do; that is no reason to end.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {})
  // A stray rejection must not take the terminals of every bottle down; the log tells where it came from.
  process.on('unhandledRejection', (error) => logger.error('A promise failed unheard.', { error }))

  try {
    const address = await start(env, logger, scope)
    process.stdout.write(`bot-bottle is ready: ${address}\n`)
  } catch (error) {
    await scope.close()
    throw error
  }
}

main().catch((error: unknown) => {
  const expected = isAppError(error) || error instanceof EnvError
  process.stderr.write(
    `bot-bottle did not start. ${expected ? error.message : mappedStack(String((error as Error).stack ?? error))}\n`,
  )
  // 78: the configuration is at fault; 75: the machine is, so that trying again later can help (sysexits.h).
  process.exit(error instanceof EnvError ? 78 : expected ? 75 : 70)
})
