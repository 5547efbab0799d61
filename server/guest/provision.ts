import { lstat, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { type Header, type Pack, pack } from 'tar-stream'
import type { StepOutput } from '../bottles/step-output.ts'
import type { CommonPlan, SkillPlan } from '../contract/plan.ts'
import { HintedError, messageOf } from '../errors.ts'
import { digestFolder } from '../lib/folder-digest.ts'
import { readable } from '../lib/readable-tar.ts'
import { GUEST_HOME } from '../providers/guest.ts'
import type { GuestFile } from '../providers/guest-file.ts'
import { providerFiles } from '../providers/provision.ts'
import type { GuestAccess } from './guest-access.ts'

/**
 * Puts into the guest what the agent finds when it starts: prompt, skills, identity for git, and its provider's
 * settings, all owned by the guest's user.
 *
 * @param home absolute path of the operator's home, under which the skills are
 */
export async function provision(
  guest: GuestAccess,
  { plan, home, logins }: { plan: CommonPlan; home: string; logins: readonly GuestFile[] },
  output: StepOutput,
  signal: AbortSignal,
): Promise<void> {
  const { skillsPath, instructionsPath } = plan.provider
  const tree = new GuestTree()
  for (const file of [...filesOf(plan), ...logins]) tree.add(file.path, file.content, file.mode)
  if (instructionsPath) tree.link(instructionsPath, plan.prompt.guestPath)
  for (const skill of plan.skills) {
    const folder = path.join(home, 'skills', skill.name)
    await asReviewed(skill, folder)
    await addSkill(tree, folder, path.posix.join(skillsPath, skill.name))
    output.say(`Skill ${skill.name}: ${skill.files} files`)
  }
  tree.folder(plan.workspace.guestPath)
  await guest.unpack(tree.tar(), '/', signal)
  output.say(`Prompt: ${Buffer.byteLength(plan.prompt.text)} bytes in ${plan.prompt.guestPath}`)
}

/** Puts files into a guest that runs, in the place of those that are there. */
export function putFiles(guest: GuestAccess, files: readonly GuestFile[], signal: AbortSignal): Promise<void> {
  const tree = new GuestTree()
  for (const file of files) tree.add(file.path, file.content, file.mode)
  return guest.unpack(tree.tar(), '/', signal)
}

function filesOf(plan: CommonPlan): GuestFile[] {
  const files = [{ path: plan.prompt.guestPath, content: plan.prompt.text, mode: 0o600 }, ...providerFiles(plan)]
  const user = plan.gitGate?.user
  if (user?.name || user?.email) files.push({ path: `${GUEST_HOME}/.gitconfig`, content: gitConfig(user), mode: 0o644 })
  return files
}

/** @see https://git-scm.com/docs/git-config#_syntax */
export function gitConfig({ name, email }: { name: string | null; email: string | null }): string {
  const quoted = (value: string) =>
    `"${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"`
  const lines = [name && `\tname = ${quoted(name)}`, email && `\temail = ${quoted(email)}`].filter(Boolean)
  return `[user]\n${lines.join('\n')}\n`
}

/** An image may take minutes to build; what the operator reviewed must not have changed meanwhile. */
async function asReviewed({ name, digest, files, bytes }: SkillPlan, folder: string): Promise<void> {
  const now = await digestFolder(folder, { maxFiles: files, maxBytes: bytes, links: 'refuse' }).catch(() => null)
  if (now?.digest === digest) return
  throw new HintedError(`The skill ${name} changed after you reviewed the launch.`, 'Review the launch again.')
}

/** Files only, as planning counts them: a link inside a skill could lead anywhere. */
async function addSkill(tree: GuestTree, folder: string, target: string): Promise<void> {
  try {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const from = path.join(folder, entry.name)
      const to = path.posix.join(target, entry.name)
      if (entry.isDirectory()) await addSkill(tree, from, to)
      else if (entry.isFile()) tree.add(to, await readFile(from), ((await lstat(from)).mode & 0o777) | 0o600)
    }
  } catch (cause) {
    throw new HintedError(`A skill cannot be read: ${messageOf(cause)}`, 'Correct it, then review the launch again.', {
      cause,
    })
  }
}

/** A tar from the root on, with every folder below the guest's home as its user's own. */
class GuestTree {
  readonly #tar: Pack = pack()
  readonly #folders = new Set<string>()

  add(file: string, content: string | Buffer, mode: number): void {
    this.folder(path.posix.dirname(file))
    this.#tar.entry(this.#header(file, { mode }), content)
  }
  link(file: string, target: string): void {
    this.folder(path.posix.dirname(file))
    this.#tar.entry(this.#header(file, { type: 'symlink', linkname: target }))
  }
  folder(folder: string): void {
    if (this.#folders.has(folder) || !`${folder}/`.startsWith(`${GUEST_HOME}/`)) return
    this.folder(path.posix.dirname(folder))
    this.#folders.add(folder)
    this.#tar.entry(this.#header(`${folder}/`, { type: 'directory', mode: folder === GUEST_HOME ? 0o755 : 0o700 }))
  }
  tar() {
    this.#tar.finalize()
    return readable(this.#tar)
  }
  #header(name: string, header: Partial<Header>): Partial<Header> & Pick<Header, 'name'> {
    return { name: name.slice(1), uid: 1000, gid: 1000, uname: 'node', gname: 'node', mtime: new Date(), ...header }
  }
}
