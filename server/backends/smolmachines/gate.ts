import { GUEST_WORKSPACE } from '../../providers/guest.ts'
import { asNode } from './machine-guest.ts'

/** What no program prints by accident; the keeper waits for them. */
export const MARKS = { ready: '\u001ebot-bottle-ready\u001e', go: '\u001ebot-bottle-go\u001e' } as const

/**
 * Takes the secret part of the environment from its own terminal, unseen and unheld by any line, and becomes the agent:
 * so no secret is on a command line, in a file or in the machine's record.
 */
const WAIT = `cd "$2" || exit 126
stty -echo -icanon min 1 time 0; printf '${MARKS.ready}'
eval "$(head -c "$1")"
stty sane; printf '${MARKS.go}'; shift 2; exec "$@"`

/**
 * The agent's command line inside the machine.
 * @param script what will be handed over once it has said `ready`
 */
export function gatedAgent(argv: readonly string[], script: string, { pids }: { pids: number }): string[] {
  const length = String(Buffer.byteLength(script))
  return asNode(['sh', '-c', WAIT, 'bot-bottle', length, GUEST_WORKSPACE, ...argv], pids)
}

/** A login shell beside the agent, in the folder where it works. */
export const shellCommand = ({ pids }: { pids: number }): string[] =>
  asNode(
    [
      'sh',
      '-c',
      'cd "$1"; if command -v bash >/dev/null; then exec bash -l; else exec sh -l; fi',
      'shell',
      GUEST_WORKSPACE,
    ],
    pids,
  )
