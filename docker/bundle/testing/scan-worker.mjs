// The scanner's thread from its source: threads do not inherit what `--import tsx` registered.
import { register } from 'tsx/esm/api'

register()
await import('../scan/worker.ts')
