import type { CommonPlan } from '../../contract/plan.ts'
import { GUEST_HOME, PLACEHOLDER_TOKEN } from '../guest.ts'
import type { GuestFile } from '../guest-file.ts'

/** Claude Code as if its first questions had been answered: theme, trust in the folder, running without asking. */
export const claudeFiles = ({ workspace, env }: CommonPlan): GuestFile[] => [
  {
    path: `${GUEST_HOME}/.claude.json`,
    mode: 0o600,
    content: json({
      hasCompletedOnboarding: true,
      bypassPermissionsModeAccepted: true,
      autoUpdates: false,
      // It asks before it uses a key from its environment, and remembers the answer by the key's last 20 characters.
      ...(env.some(({ name }) => name === 'ANTHROPIC_API_KEY') && {
        customApiKeyResponses: { approved: [PLACEHOLDER_TOKEN.slice(-20)], rejected: [] },
      }),
      projects: {
        [workspace.guestPath]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true },
      },
    }),
  },
  {
    path: `${GUEST_HOME}/.claude/settings.json`,
    mode: 0o600,
    content: json({
      // Asks the terminal for its background, so that it suits a light page as well as a dark one.
      theme: 'auto',
      // Where newer versions remember that running without asking was accepted.
      skipDangerousModePermissionPrompt: true,
    }),
  },
]

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
