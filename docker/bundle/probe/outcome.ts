import type { ProbeCheck, ProbeInput } from '../../../server/contract/probe.ts'

export type Outcome = Pick<ProbeCheck, 'result' | 'detail'>
export type Check = (input: ProbeInput) => Promise<Outcome>

export const green = (detail: string): Outcome => ({ result: 'green', detail })
export const red = (detail: string): Outcome => ({ result: 'red', detail })
export const none = (detail: string): Outcome => ({ result: 'none', detail })
