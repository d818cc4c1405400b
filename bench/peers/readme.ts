// The generated parts of bench/README.md: between `<!-- NAME -->` and `<!-- /NAME -->`.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export function writeSection(name: string, text: string): void {
  const file = join(import.meta.dirname, '../README.md')
  const before = readFileSync(file, 'utf8')
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [before.indexOf(open), before.indexOf(close)]
  if (from < 0 || to < from) throw new Error(`${file} has no part ${open} … ${close}`)
  writeFileSync(file, `${before.slice(0, from + open.length)}\n${text.trim()}\n${before.slice(to)}`)
}
