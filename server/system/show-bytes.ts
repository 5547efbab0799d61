const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'] as const

/** Bytes as a person reads them, in powers of 1000: `3.2 GB`. */
export function showBytes(bytes: number): string {
  const unit = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** unit
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}
