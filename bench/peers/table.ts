// README's tables of the comparison from what run.ts wrote: `node bench/peers/table.ts FILE.json … [--all] [--write]`.
// `--all` adds the tables of all ways; `--write` puts the result into bench/README.md.

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { writeSection } from './readme.ts'
import type { ModelResult } from './result.ts'
import { detailsOf, summaryOf } from './tables.ts'
import { MODELS } from './work.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
})
const results = new Map(
  positionals.flatMap((file) => (JSON.parse(readFileSync(file, 'utf8')) as ModelResult[]).map((result) => [result.model, result] as const)),
)
const place = ({ model }: ModelResult): number => (MODELS as readonly string[]).indexOf(model)
const ordered = [...results.values()].sort((a, b) => place(a) - place(b))
const text = [
  'Each cell: ours / the best of the others = ratio. Input sizes declared, as torch.onnx has them.',
  '',
  summaryOf(ordered),
  '',
  'The same without a word of input sizes, one graph for all of them:',
  '',
  summaryOf(ordered, 'ours, any size'),
  ...(values.all ? ordered.flatMap((result) => ['', detailsOf(result)]) : []),
].join('\n')
if (values.write) writeSection('peers', text)
else console.log(text)
