import { randomUUID } from 'node:crypto'
import type { BottleSlug, ManifestName, PlanId, Sha256 } from '../contract/ids.ts'
import type { DockerPlan } from '../contract/plan.ts'

/** A docker plan that could be launched; a test says what matters to it. */
export function samplePlan(plan: Partial<DockerPlan> = {}): DockerPlan {
  const slug = plan.slug ?? ('shell-abcde' as BottleSlug)
  const digest = 'a'.repeat(64) as Sha256
  return {
    id: randomUUID() as PlanId,
    resolvedAt: 1_700_000_000_000,
    slug,
    agent: { name: 'shell' as ManifestName, file: 'agents/shell.md', source: 'home' },
    bottles: ['shell' as ManifestName],
    provider: {
      name: 'shell',
      argv: ['bash', '-l'],
      settings: {},
      skillsPath: '/home/node/skills',
      instructionsPath: null,
    },
    image: {
      reference: 'bot-bottle-agent-shell:1',
      base: 'node',
      dockerfile: 'docker/agents/shell/Dockerfile',
      digest,
    },
    env: [],
    skills: [],
    prompt: { text: 'Be kind.', digest, guestPath: '/home/node/.bot-bottle-prompt.txt' },
    workspace: { path: '', mode: 'none', guestPath: '/home/node/workspace' },
    egress: { log: 1, resolve: {}, routes: [], slots: [] },
    gitGate: null,
    supervise: false,
    limits: { cpus: 2, memory: '4g', pids: 512, disk: null },
    label: null,
    color: null,
    blockers: [],
    warnings: [],
    backend: 'docker',
    container: `bot-bottle-${slug}`,
    sidecars: `bot-bottle-${slug}-sidecars`,
    networks: { internal: `bot-bottle-${slug}`, egress: `bot-bottle-${slug}-egress` },
    runtime: 'runc',
    ...plan,
  }
}
