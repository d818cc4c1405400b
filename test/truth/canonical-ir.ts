// Graph text in a form that can be compared: values renamed in order of appearance; name mangles, places and the numbers of warnings
// (both are counters of the process that printed) stripped; nothing else.

/** `Cell.___torch_mangle_3` → `Cell`. */
export const withoutMangles = (text: string): string => text.replaceAll(/\.?___torch_mangle_\d+/g, '')

/** `%x.1`, `%3` → `%v0`, `%v1`, …; `# file:line:col`, `___torch_mangle_N` and `[warn_id=N]` go. */
export function canonicalIr(text: string): string {
  const names = new Map<string, string>()
  return withoutMangles(text)
    .split('\n')
    .map((line) => {
      // A forked graph has names of its own.
      if (line.includes('graph(%')) names.clear()
      return line
        .replace(/\[warn_id=\d+\]/, '')
        .replace(/ # [^"]*$/, '')
        .replaceAll(/"(?:[^"\\]|\\.)*"|%[A-Za-z0-9_.]+/g, (name) => {
          if (name.startsWith('"')) return name
          let known = names.get(name)
          if (known === undefined) names.set(name, (known = `%v${names.size}`))
          return known
        })
        .trimEnd()
    })
    .join('\n')
    .trim()
}
