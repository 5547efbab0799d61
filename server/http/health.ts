import type { EngineView, Health } from '../contract/views.ts'
import type { Route } from './route.ts'
import { sendJson } from './send-json.ts'

/** `GET /api/health`: tells another bot-bottle, a script or a person that it is us, and whether the engine answers. */
export const healthRoute = (version: string, engine: () => EngineView): Route => ({
  method: 'GET',
  path: '/api/health',
  handle: (_req, res) => sendJson(res, 200, { ok: true, version, engine: engine() } satisfies Health),
})
