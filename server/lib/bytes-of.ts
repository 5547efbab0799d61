const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 }

/** @param size as written in a bottle file: `4g`, `512m`, `1073741824` */
export function bytesOf(size: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(size.trim()) ?? []
  const factor = UNITS[(unit ?? '').toLowerCase()]
  if (!number || !factor) throw new Error(`“${size}” is not a size; it should look like 512m or 4g.`)
  return Math.floor(Number(number) * factor)
}
