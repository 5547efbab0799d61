/** Arguments that the program does not take: usage text on standard error, exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** As clap lays it out. */
export const usageText = (message: string, usage: string): string =>
  `error: ${message}\n\nUsage: ${usage}\n\nFor more information, try '--help'.\n`
