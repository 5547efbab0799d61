/** The starter set, by path below the home. Each launches as it is, without a token or any other setup. */
export const STARTER_FILES: Readonly<Record<string, string>> = {
  'agents/shell.md': `---
description: A plain shell, to look around in a bottle
bottle: shell
---

This text is the system prompt of an agent. A shell has no use for one, but finds it in ~/.bot-bottle-prompt.txt.
`,
  'agents/claude.md': `---
description: Claude Code
bottle: claude
# skills: [code-review]        # folders of skills/, each with a SKILL.md
---

You work inside a bottle: a disposable container whose only way out is a list of allowed requests.
When a request is refused, say what you needed it for instead of looking for a way around.
`,
  'agents/codex.md': `---
description: OpenAI Codex
bottle: codex
---

You work inside a bottle: a disposable container whose only way out is a list of allowed requests.
When a request is refused, say what you needed it for instead of looking for a way around.
`,
  'bottles/shell.md': `---
agent_provider:
  template: shell
supervise: false
---

# shell

A bottle with a shell and nothing else: it reaches no network at all.

What a bottle may declare, with examples, is in the bottle \`claude\`.
`,
  'bottles/claude.md': `---
agent_provider:
  template: claude
  # The name of a variable in the environment of the server. Its value never enters the bottle: egress adds it to
  # requests to api.anthropic.com. \`claude setup-token\` prints one.
  # auth_token: CLAUDE_CODE_OAUTH_TOKEN
  # settings:
  #   model: opus

# env:
#   LANG: C.UTF-8                    # a literal
#   NPM_TOKEN: \${NPM_TOKEN}          # read from the host at launch; the agent can see it
#   DEPLOY_KEY: "?Key for staging"   # asked on the confirmation page; the agent can see it

# git-gate:
#   user: {name: Ada Lovelace, email: ada@example.com}
#   repos:
#     app:
#       url: git@github.com:example/app.git
#       key: {provider: static, path: ~/.ssh/id_ed25519}

# egress:
#   routes:
#     - host: registry.npmjs.org
#       matches:
#         - methods: [GET]
#     - host: api.github.com
#       auth: {scheme: Bearer, token_ref: GITHUB_TOKEN}   # added outside the bottle
#       matches:
#         - methods: [GET]
#           paths: [{type: prefix, value: /repos/example/}]

limits:
  cpus: 2
  memory: 4g
---

# claude

Claude Code in a bottle. Without \`auth_token\` it starts and cannot reach its model.
`,
  'bottles/codex.md': `---
agent_provider:
  template: codex
  # One of the two. Neither value enters the bottle: egress adds it to requests.
  # auth_token: OPENAI_API_KEY
  # forward_host_credentials: true   # the login that \`codex login\` left on this machine
limits:
  cpus: 2
  memory: 4g
---

# codex

OpenAI Codex in a bottle. Without a credential it starts and cannot reach its model.
`,
}
