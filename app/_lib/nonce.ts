/** The nonce of this request: the server puts its policy on the request as well, where Next and we read it. */
export const nonceOf = (headers: { get(name: string): string | null }): string | undefined =>
  /'nonce-([^']+)'/.exec(headers.get('content-security-policy') ?? '')?.[1]
