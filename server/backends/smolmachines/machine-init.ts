import { HintedError } from '../../errors.ts'
import { GUEST_HOME, GUEST_WORKSPACE } from '../../providers/guest.ts'
import type { Smolvm } from './smolvm.ts'
import { untilReady } from './until-ready.ts'

/**
 * In one exec: what older versions lose while packing (owners) and what a micro-VM's disk may not have (folders for
 * temporary files that everybody may write to). Safe to repeat.
 */
const INIT = `
set -e
mkdir -p /tmp /var/tmp ${GUEST_WORKSPACE}
chmod 1777 /tmp /var/tmp
if [ "$(stat -c %u ${GUEST_HOME})" != 1000 ]; then chown -R 1000:1000 ${GUEST_HOME}; fi
chown 1000:1000 ${GUEST_HOME} ${GUEST_WORKSPACE}`

/** Prepares a machine as soon as it answers. @throws HintedError with what was said */
export async function machineInit(smolvm: Smolvm, machine: string, signal: AbortSignal): Promise<void> {
  const { code, stderr } = await untilReady(smolvm, machine, signal, ['sh', '-c', INIT])
  if (code === 0) return
  throw new HintedError(
    `The machine could not be prepared: ${stderr.trim().slice(-300) || `code ${code}`}`,
    `An agent image needs a POSIX shell and the folder ${GUEST_HOME}.`,
  )
}
