import { readFile } from 'node:fs/promises'
import path from 'node:path'
import ignore, { type Ignore } from 'ignore'

/** The rules of one folder, as git reads them: a deeper `.gitignore` decides before a higher one. */
export class IgnoreRules {
  private constructor(
    private readonly parent: IgnoreRules | null,
    /** Relative to the workspace, with `/`; empty for its root. */
    private readonly folder: string,
    private readonly rules: Ignore | null,
  ) {}

  /** Of the workspace's root: its `.gitignore`, over `.git/info/exclude`. */
  static async ofRoot(root: string): Promise<IgnoreRules> {
    const excluded = new IgnoreRules(null, '', await read(path.join(root, '.git/info/exclude')))
    return new IgnoreRules(excluded, '', await read(path.join(root, '.gitignore')))
  }

  async into(root: string, folder: string): Promise<IgnoreRules> {
    const rules = await read(path.join(root, folder, '.gitignore'))
    return rules ? new IgnoreRules(this, folder, rules) : this
  }

  /** @param file relative to the workspace, with `/` between its parts */
  ignores(file: string, isFolder: boolean): boolean {
    const inside = this.folder ? file.slice(this.folder.length + 1) : file
    const answer = this.rules?.test(isFolder ? `${inside}/` : inside)
    if (answer?.ignored) return true
    if (answer?.unignored) return false
    return this.parent?.ignores(file, isFolder) ?? false
  }
}

async function read(file: string): Promise<Ignore | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text?.trim() ? ignore({ allowRelativePaths: true }).add(text) : null
}
