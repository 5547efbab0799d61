/** The bottle of the name, half full. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinejoin="round"
      strokeLinecap="round"
    >
      <path d="M6.25 1.5h3.5M6.75 1.5v3.1c0 .8-.3 1.3-.9 1.9-.75.75-1.35 1.6-1.35 2.8v3.7c0 .85.65 1.5 1.5 1.5h4c.85 0 1.5-.65 1.5-1.5V9.3c0-1.2-.6-2.05-1.35-2.8-.6-.6-.9-1.1-.9-1.9V1.5" />
      <path fill="currentColor" d="M4.5 10h7v3c0 .85-.65 1.5-1.5 1.5H6c-.85 0-1.5-.65-1.5-1.5z" />
    </svg>
  )
}
