import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A home (or a workspace) in a temporary folder, gone at the end of the block: `await using home = await tempHome({…})`. */
export interface TempHome extends AsyncDisposable {
  readonly path: string
  write(file: string, text: string | Uint8Array): Promise<string>
}

/** @param files what it holds, by path below it; a bottle or agent is written as its whole text */
export async function tempHome(files: Readonly<Record<string, string>> = {}): Promise<TempHome> {
  const path = await mkdtemp(join(tmpdir(), 'bot-bottle-home-'))
  const write = async (file: string, text: string | Uint8Array): Promise<string> => {
    const full = join(path, file)
    await mkdir(dirname(full), { recursive: true })
    await writeFile(full, text)
    return full
  }
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return {
    path,
    write,
    async [Symbol.asyncDispose]() {
      await chmod(path, 0o700)
      await rm(path, { recursive: true, force: true })
    },
  }
}

/** A manifest file: frontmatter as lines of YAML, and a body. */
export const manifest = (yaml: string, body = ''): string => `---\n${yaml.replace(/^\n|\n\s*$/g, '')}\n---\n${body}`
