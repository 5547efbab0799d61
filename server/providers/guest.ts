/** The one user of an agent image (uid and gid 1000), and where its things are. */
export const GUEST_USER = 'node'
export const GUEST_HOME = '/home/node'
export const GUEST_WORKSPACE = '/home/node/workspace'
/** The system prompt, mode 0600, owned by the guest's user. */
export const GUEST_PROMPT = '/home/node/.bot-bottle-prompt.txt'

/** Stands in the guest where a program looks for its login; egress takes it off and adds the real one. */
export const PLACEHOLDER_TOKEN = 'bot-bottle-placeholder'
