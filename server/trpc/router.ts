import { bottlesRouter } from './bottles.ts'
import { eventsRouter } from './events.ts'
import { createCallerFactory, router } from './init.ts'
import { logsRouter } from './logs.ts'
import { manifestsRouter } from './manifests.ts'
import { networkRouter } from './network.ts'
import { plansRouter } from './plans.ts'
import { routesRouter } from './routes.ts'
import { sharesRouter } from './shares.ts'
import { systemRouter } from './system.ts'

export const appRouter = router({
  manifests: manifestsRouter,
  plans: plansRouter,
  bottles: bottlesRouter,
  logs: logsRouter,
  network: networkRouter,
  routes: routesRouter,
  shares: sharesRouter,
  system: systemRouter,
  events: eventsRouter,
})
export type AppRouter = typeof appRouter

export const createCaller = createCallerFactory(appRouter)
export type Caller = ReturnType<typeof createCaller>
