import type { CommonPlan, PlanNotice, ResumePlan } from '../contract/plan.ts'

/**
 * A plan for a bottle that runs once more. From what was frozen, the workspace and the image are what they had become:
 * neither is made again, so what is wrong with their sources is no blocker.
 */
export function resumedPlan<P extends CommonPlan>(plan: P, { frozen }: ResumePlan): P {
  if (!frozen) return { ...plan, resume: { frozen: null } }
  const { reference, image } = frozen
  return {
    ...plan,
    resume: { frozen },
    image: { ...plan.image, reference, digest: image },
    blockers: plan.blockers.filter(({ code }) => code !== 'image-unusable' && !code.startsWith('workspace-')),
    warnings: [...plan.warnings, ...(plan.image.digest === image ? [] : [imageMovedOn(plan)])],
  }
}

const imageMovedOn = ({ image }: CommonPlan): PlanNotice => ({
  code: 'frozen-image-older',
  message: `The bottle was frozen with an older ${image.dockerfile}: what changed there since is not in it.`,
  fix: 'Launch the agent anew to have it, or go on with what was frozen.',
})
