import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** Under tsx this file, and nothing is to be done; built, `dist/server.mjs`, which every frame of ours then names. */
const bundle = import.meta.url
const FRAME = /(file:[^\s()]+):(\d+):(\d+)/g

/** Kept while errors come, given back with the next collection: it takes 12 MiB. */
let kept: WeakRef<SourceMap> | undefined

/**
 * Says where in the sources an error of the built server came from.
 *
 * Node does the same with `--enable-source-maps`, but reads and keeps the map of every file that is loaded, Next's too:
 * 75 MiB for something that may never happen. This reads ours, once something did.
 *
 * @param stack as in `Error.stack`
 * @returns the stack with `server/main.ts:12:3` for each place in the bundle; as it was where there is no map
 */
export function mappedStack(stack: string): string {
  if (!stack.includes(bundle)) return stack
  const map = kept?.deref() ?? readMap()
  if (!map) return stack
  kept = new WeakRef(map)
  return stack.replace(FRAME, (frame, file: string, line: string, column: string) => {
    if (file !== bundle) return frame
    const origin = map.findOrigin(Number(line), Number(column))
    return 'fileName' in origin ? `${inRepository(origin.fileName)}:${origin.lineNumber}:${origin.columnNumber}` : frame
  })
}

function readMap(): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(new URL(`${bundle}.map`), 'utf8')))
  } catch {
    return null
  }
}

/** A map names its sources from where it stands; the bundle is one folder below the repository. */
function inRepository(source: string): string {
  const file = fileURLToPath(new URL(source, bundle))
  return path.relative(path.dirname(path.dirname(fileURLToPath(bundle))), file)
}
