import { formatBytes } from '@/app/_lib/format'

/** `640 MB`; a dash where it is not known. */
export function Bytes({ value, className }: { value: number | null; className?: string }) {
  return value === null ? (
    <span className="text-dim">–</span>
  ) : (
    <data value={value} className={className}>
      {formatBytes(value)}
    </data>
  )
}
