/** Bytes of a terminal until they hold `wanted`. @throws after half a minute, with what was seen */
export async function untilSeen(output: NodeJS.ReadableStream, wanted: string | RegExp): Promise<string> {
  let seen = ''
  const matches = () => (typeof wanted === 'string' ? seen.includes(wanted) : wanted.test(seen))
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`“${wanted}” did not appear. Seen: ${seen}`)), 30_000)
    output.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (!matches()) return
      clearTimeout(limit)
      resolve()
    })
  })
  return seen
}
