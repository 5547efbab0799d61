/** The last values as one line on a fixed box; `max` is the value at the top. Says nothing to assistive technology. */
export function Sparkline({ values, max, width = 56 }: { values: readonly number[]; max: number; width?: number }) {
  const height = 14
  const step = width / Math.max(1, 29)
  const top = Math.max(max, ...values, 1)
  const points = values.slice(-30).map((value, n, all) => {
    const x = width - (all.length - 1 - n) * step
    return `${x.toFixed(1)},${(height - 1 - (Math.max(0, value) / top) * (height - 2)).toFixed(1)}`
  })
  return (
    <svg aria-hidden width={width} height={height} viewBox={`0 0 ${width} ${height}`} className="shrink-0 text-dim">
      <path d={`M0 ${height - 0.5}H${width}`} stroke="currentColor" strokeOpacity={0.3} strokeWidth={1} />
      {points.length > 1 && (
        <polyline
          points={points.join(' ')}
          fill="none"
          stroke="currentColor"
          strokeWidth={1.25}
          strokeLinejoin="round"
        />
      )}
    </svg>
  )
}
