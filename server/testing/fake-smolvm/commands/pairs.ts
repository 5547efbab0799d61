/** `K=V` taken apart at the first sign; what has none, or no name before it, is skipped without a word (as upstream). */
export const pairs = (given: readonly string[]): [string, string][] =>
  given
    .filter((text) => text.indexOf('=') > 0)
    .map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)])
