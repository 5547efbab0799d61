/**
 * A link that a program printed, if it is one that may be opened: http or https, without credentials in it.
 * @returns its address as the browser will go to it (the host in ASCII), or null
 */
export function openableLink(text: string): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:'
  return isWeb && url.username === '' && url.password === '' ? url : null
}
