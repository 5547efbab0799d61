import { render, screen, within } from '@testing-library/react'
import { beforeEach, expect, test } from 'vitest'
import type { BottleSlug, Cidr, ManifestName, PlanId, Sha256 } from '@/server/contract/ids.ts'
import type { DockerPlan, SmolmachinesPlan } from '@/server/contract/plan.ts'
import { TooltipProvider } from '../ui/tooltip'
import { PlanDocument } from './plan-document'
import { PlanNotices } from './plan-notices'

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
const digest = 'a'.repeat(64) as Sha256

const plan: DockerPlan = {
  id: '6b8cfe57-1b58-47d3-95ba-c9d60a2a95fd' as PlanId,
  resolvedAt: 0,
  slug: 'fixer-x' as BottleSlug,
  agent: { name: 'fixer' as ManifestName, file: 'agents/fixer.md', source: 'home' },
  bottles: ['web' as ManifestName],
  provider: {
    name: 'claude',
    argv: ['claude', '--say', `it's ${HOSTILE}`],
    settings: {},
    skillsPath: '/home/node/skills',
    instructionsPath: null,
  },
  image: { reference: 'image:abc', base: 'node:24', dockerfile: 'docker/agents/claude/Dockerfile', digest },
  env: [
    { name: 'NODE_ENV', origin: 'literal', value: HOSTILE, from: 'web' },
    { name: 'SENTRY', origin: 'host', hostName: 'SENTRY_TOKEN', from: 'web' },
    { name: 'STRIPE_KEY', origin: 'asked', message: 'Test key', from: 'web' },
  ],
  skills: [],
  prompt: { text: HOSTILE, digest, guestPath: '/home/node/.bot-bottle-prompt.txt' },
  workspace: { path: '', mode: 'none', guestPath: '/home/node/workspace' },
  egress: { log: 1, resolve: {}, routes: [], slots: [] },
  gitGate: null,
  supervise: true,
  limits: { cpus: 2, memory: '4g', pids: 512, disk: null },
  label: null,
  color: null,
  blockers: [],
  warnings: [],
  backend: 'docker',
  container: 'bot-bottle-fixer-x',
  sidecars: 'bot-bottle-fixer-x-sidecars',
  networks: { internal: 'bot-bottle-fixer-x', egress: 'bot-bottle-fixer-x-egress' },
  runtime: 'runc',
}

const draw = (element: React.ReactElement) => render(<TooltipProvider>{element}</TooltipProvider>)

beforeEach(() => {
  document.body.innerHTML = ''
})

test('hostile text of a prompt, a value or an argument stays text', () => {
  const { container } = draw(<PlanDocument plan={plan} changes={[{ path: HOSTILE, kind: 'added', after: HOSTILE }]} />)
  expect(container.querySelector('img, script')).toBeNull()
  expect(container.textContent).toContain(HOSTILE)
})

test('a secret has a field only where it is asked for, and nothing remembers it', () => {
  const { container } = draw(<PlanDocument plan={plan} ask />)
  const field = screen.getByLabelText<HTMLInputElement>('STRIPE_KEY')
  expect(field.type).toBe('password')
  expect(field.autocomplete).toBe('off')
  expect(field.required).toBe(true)
  expect(container.querySelectorAll('input')).toHaveLength(1)
  document.body.innerHTML = ''
  expect(draw(<PlanDocument plan={plan} />).container.querySelector('input')).toBeNull()
})

test('what is empty is said and not left out', () => {
  const { container } = draw(<PlanDocument plan={plan} changes={null} />)
  const text = container.textContent ?? ''
  expect(text).toContain('no request leaves this bottle')
  expect(text).toContain('nothing can be pushed')
  expect(text).toContain('has not been launched before')
})

test('a micro-VM is told with what it may reach, what is otherwise, and what nobody has tried', () => {
  const { backend: _, container: __, networks: ___, runtime: ____, ...common } = plan
  const machine: SmolmachinesPlan = {
    ...common,
    backend: 'smolmachines',
    machine: 'bot-bottle-fixer-x',
    network: 'bot-bottle-fixer-x',
    bundleSubnet: '192.168.40.0/24' as Cidr,
    gateway: '192.168.40.1',
    bundleAddress: '192.168.40.2',
    addressing: { kind: 'routable', unverified: false },
    allowCidrs: ['192.168.40.2/32' as Cidr],
    size: { cpus: 2, memoryMiB: 4096, storageGiB: 20, overlayGiB: null },
    artifact: { kind: 'archive', key: 'first 16 hex digits of the image id' },
    smolvm: '1.9.3',
  }
  const boundary = (shown: SmolmachinesPlan) => {
    document.body.innerHTML = ''
    draw(<PlanDocument plan={shown} />)
    return screen.getByRole('region', { name: 'Boundary' }).textContent ?? ''
  }
  const text = boundary(machine)
  expect(text).toContain('smolvm 1.9.3')
  expect(text).toContain('a kernel of its own')
  expect(text).toContain('no run on a real one has been recorded yet')
  expect(text).toMatch(/192\.168\.40\.2\/32\s*its sidecar bundle, and nothing else/)
  const unenforced = { code: 'smolvm-unenforced', message: 'It may not hold.', fix: 'Install a newer one.' }
  expect(boundary({ ...machine, warnings: [unenforced] })).not.toContain('and nothing else')
  expect(boundary({ ...machine, smolvm: null })).toContain('smolvm is missing')
})

test('blockers stand in an alert with their fix, warnings do not', () => {
  const notice = (code: string) => ({ code, message: `${code} is missing.`, fix: `Add ${code}.` })
  draw(<PlanNotices blockers={[notice('skill')]} warnings={[notice('login')]} />)
  const alert = within(screen.getByRole('alert'))
  expect(alert.getByText('Add skill.').textContent).toBe('Add skill.')
  expect(alert.queryByText('Add login.')).toBeNull()
})
