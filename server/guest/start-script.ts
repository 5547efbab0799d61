/** Lines that a POSIX shell reads as it is about to become the agent. */
export function startScript(secrets: ReadonlyMap<string, string>): string {
  const lines = [...secrets].map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw new Error(`${name} cannot be the name of a variable.`)
    if (value.includes('\0')) throw new Error(`The value of ${name} has a NUL byte, which no variable can hold.`)
    return `export ${name}='${value.replaceAll("'", `'\\''`)}'\n`
  })
  return `:\n${lines.join('')}`
}
