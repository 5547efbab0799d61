/** A server that packs an image for as long as it lives: `tsx pack-slowly.ts <home> <cache> <image id>`. */
import { StepOutput } from '../../../bottles/step-output.ts'
import { artifact } from '../artifact.ts'
import { MachineHome } from './machine-home.ts'

const [home = '', cache = '', image = ''] = process.argv.slice(2)

const { tools } = MachineHome.at(home, '0.8.0', { FAKE_SMOLVM_PACK_MS: '600000' }, cache)
void artifact(image, 'pack', tools, new StepOutput('artifact', () => {}), new AbortController().signal)
