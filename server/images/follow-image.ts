import type { StepOutput } from '../bottles/step-output.ts'
import type { ImageMessage } from '../engine/docker.ts'
import { isNoSpace, NO_SPACE_HINT } from '../engine/engine-errors.ts'
import { HintedError } from '../errors.ts'

interface Layer {
  downloaded: number
  size: number
  done: boolean
}

/**
 * Follows a pull or an import to its end: layers and bytes as figures, everything else as lines.
 *
 * @throws HintedError with the engine's words: a failure is the stream's last message, the call itself does not reject
 */
export async function followImage(messages: AsyncIterable<ImageMessage>, output: StepOutput): Promise<void> {
  const layers = new Map<string, Layer>()
  for await (const { error, stream, status, id, progressDetail } of messages) {
    if (error) throw new HintedError(error, isNoSpace(error) ? NO_SPACE_HINT : 'The log of the step has the details.')
    if (stream) output.write(stream)
    if (!status) continue
    if (id && /^[0-9a-f]{12}$/.test(id)) {
      follow(layers, id, status, progressDetail ?? {})
      tell(layers, output)
    }
    if (progressDetail?.total === undefined) output.say(id ? `${id}: ${status}` : status)
  }
  tell(layers, output, true)
}

function follow(layers: Map<string, Layer>, id: string, status: string, detail: { current?: number; total?: number }) {
  const layer = layers.get(id) ?? { downloaded: 0, size: 0, done: false }
  layers.set(id, layer)
  if (status === 'Downloading') {
    layer.downloaded = detail.current ?? layer.downloaded
    layer.size = detail.total ?? layer.size
  }
  if (status === 'Download complete' || status === 'Pull complete') layer.downloaded = layer.size
  if (status === 'Pull complete' || status === 'Already exists') layer.done = true
}

function tell(layers: ReadonlyMap<string, Layer>, output: StepOutput, final = false): void {
  if (layers.size === 0) return
  const all = [...layers.values()]
  const sum = (figure: (layer: Layer) => number) => all.reduce((total, layer) => total + figure(layer), 0)
  output.progress({ unit: 'layers', done: all.filter((layer) => layer.done).length, total: all.length }, { final })
  const total = sum((layer) => layer.size)
  if (total > 0) output.progress({ unit: 'bytes', done: sum((layer) => layer.downloaded), total }, { final })
}
