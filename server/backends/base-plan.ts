import { join } from 'node:path'
import type { MachineFacts } from '../bottles/machine-facts.ts'
import type { CommonPlan, PlanNotice } from '../contract/plan.ts'
import type { ResolvedRequest } from '../manifest/request.ts'
import { GUEST_PROMPT, GUEST_WORKSPACE } from '../providers/guest.ts'
import { type HostLogin, type LoginProblem, loginSource, readHostLogin } from '../providers/host-logins.ts'
import { findPlanner } from '../providers/index.ts'
import type { ProviderPlan } from '../providers/plan.ts'
import { absentSidecars } from '../sidecars/absent.ts'
import { planEgress } from '../sidecars/egress/plan.ts'
import { planGitGate } from '../sidecars/git-gate/plan.ts'
import { planEnv } from './env-plan.ts'
import { planImage } from './image-plan.ts'
import { resumedPlan } from './resumed-plan.ts'

/**
 * What every backend's plan has. Reads the Dockerfile's folder, a provider of `contrib/` and whether key files are
 * there; builds, starts and contacts nothing. Names of secrets go in, values never.
 *
 * @returns the same plan for the same request, facts and files
 */
export async function basePlan(request: ResolvedRequest, facts: MachineFacts): Promise<CommonPlan> {
  const { bottle } = request
  const prompt = { ...request.prompt, guestPath: GUEST_PROMPT }
  const [planner, login] = await Promise.all([
    findPlanner(bottle.template, facts.home),
    forwardedLogin(bottle, facts, request.resolvedAt),
  ])
  const provider: ProviderPlan =
    'code' in planner
      ? unusable(planner, facts, bottle.template)
      : planner.plan(
          { ...bottle, prompt, ...(login && 'kind' in login && { hostLogin: login.kind }) },
          { root: facts.root },
        )
  const [{ image, blockers: imageBlockers }, git] = await Promise.all([
    planImage(bottle.dockerfile ? 'custom' : bottle.template, bottle.dockerfile ?? provider.dockerfile, facts),
    planGitGate({
      user: bottle.gitUser,
      repos: bottle.gitRepos,
      home: facts.home,
      ...(facts.userHome && { userHome: facts.userHome }),
    }),
  ])
  const { env, warnings: envWarnings } = planEnv(bottle.env, provider.env)
  const { egress, warnings: egressWarnings } = planEgress({
    ...bottle.egress,
    provider,
    supervise: bottle.supervise,
  })
  const needs = { egress, gitGate: git.gitGate, supervise: bottle.supervise }

  const plan: CommonPlan = {
    id: request.planId,
    resolvedAt: request.resolvedAt,
    slug: request.slug,
    agent: request.agent,
    bottles: request.bottles,
    provider: {
      name: bottle.template,
      argv: provider.argv,
      settings: provider.settings,
      skillsPath: provider.skillsPath,
      instructionsPath: provider.instructionsPath,
    },
    image,
    env,
    skills: request.skills.map(({ name, digest, files, bytes }) => ({ name, digest, files, bytes })),
    prompt,
    workspace: { ...request.workspace, guestPath: GUEST_WORKSPACE },
    ...needs,
    limits: bottle.limits,
    label: request.label,
    color: request.color,
    blockers: [
      ...request.blockers,
      ...provider.blockers,
      ...imageBlockers,
      ...git.blockers,
      ...(login && 'message' in login ? [login] : []),
      ...missingVariables({ env, egress, gitTokens: git.tokens }, facts.hostEnv),
    ],
    warnings: [
      ...engineWarning(facts),
      ...request.warnings,
      ...provider.warnings,
      ...envWarnings,
      ...egressWarnings,
      ...git.warnings,
      ...absentSidecars(needs),
    ],
  }
  return request.resume ? resumedPlan(plan, request.resume) : plan
}

/** One blocker for each variable of the host that is needed and not set, with everything that needs it. */
function missingVariables(
  { env, egress, gitTokens }: Pick<CommonPlan, 'env' | 'egress'> & { gitTokens: readonly string[] },
  hostEnv: ReadonlySet<string>,
): PlanNotice[] {
  const uses = [
    ...env.flatMap((each) => (each.origin === 'host' ? [[each.hostName, `env.${each.name}`] as const] : [])),
    ...egress.slots.flatMap(({ source }) =>
      source.kind === 'host-env'
        ? [[source.name, `routes to ${hostsOf(egress, source.name).join(', ')}`] as const]
        : [],
    ),
    ...gitTokens.map((name) => [name, 'deploy keys'] as const),
  ]
  const missing = [...new Set(uses.map(([name]) => name))].filter((name) => !hostEnv.has(name)).sort()
  return missing.map((name) => ({
    code: 'missing-host-variable',
    message: `The variable ${name} is not set in the environment of the server; it is needed for ${uses
      .filter(([used]) => used === name)
      .map(([, use]) => use)
      .join(' and ')}.`,
    fix: `Set it and start the server again: ${name}=… npm start. Or remove what needs it from the bottle.`,
  }))
}

const hostsOf = (egress: CommonPlan['egress'], slot: string): string[] =>
  egress.routes.filter((route) => route.auth?.slot === slot).map((route) => route.host)

/** The login of this machine that a bottle asks for, or why it cannot be had; null when none is asked for. */
async function forwardedLogin(
  { template, forwardHostCredentials }: ResolvedRequest['bottle'],
  { userHome }: MachineFacts,
  now: number,
): Promise<Pick<HostLogin, 'kind'> | LoginProblem | null> {
  const source = forwardHostCredentials ? loginSource(template) : null
  if (!source || !userHome) return null
  const login = await readHostLogin(source, userHome, now)
  return 'message' in login ? login : { kind: login.kind }
}

const engineWarning = ({ engineProblem }: MachineFacts): PlanNotice[] =>
  engineProblem === null
    ? []
    : [
        {
          code: 'engine-unreachable',
          message: `The engine does not answer: ${engineProblem}`,
          fix: 'Start it before confirming; the system page has the command.',
        },
      ]

/** Stands in for a provider that is not there, so that the rest of the plan can still be reviewed. */
const unusable = (why: PlanNotice, { home }: MachineFacts, template: string): ProviderPlan => ({
  dockerfile: join(home, 'contrib', template, 'Dockerfile'),
  argv: [],
  settings: {},
  env: [],
  routes: [],
  slots: [],
  skillsPath: '',
  instructionsPath: null,
  blockers: [why],
  warnings: [],
})
