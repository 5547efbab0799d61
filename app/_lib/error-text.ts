/** The sentence for the operator. Ours arrive as they were written; a network failure is told in words. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return /failed to fetch|networkerror|load failed/i.test(text)
    ? 'The server did not answer. It may be restarting; try again in a moment.'
    : text
}
