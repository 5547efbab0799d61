import type { StepName } from './events.ts'
import type { BackendName } from './ids.ts'

/** The steps of a launch in their order, for saying how far it has come. */
export const LAUNCH_STEPS: Readonly<Record<BackendName, readonly StepName[]>> = {
  docker: [
    'base image',
    'agent image',
    'sidecar image',
    'networks',
    'certificates',
    'sidecars',
    'agent',
    'workspace',
    'provision',
    'boundary probe',
    'start agent',
  ],
  smolmachines: [
    'base image',
    'agent image',
    'sidecar image',
    'artifact',
    'networks',
    'certificates',
    'sidecars',
    'machine',
    'machine start',
    'machine init',
    'workspace',
    'provision',
    'boundary probe',
    'start agent',
  ],
}
