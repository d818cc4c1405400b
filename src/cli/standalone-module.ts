// STEM.js: the loader with the runtime inlined. One ES module for browsers and Node; it imports onnxruntime-web and nothing else.

import { readFileSync } from 'node:fs'
import type { ModelOptions } from '../compiler/types.ts'
import { assert } from '../diagnostics/internal.ts'
import { besideModule, ortImport } from '../plugin/assets.ts'
import { printLoader } from '../plugin/compile-model.ts'
import type { CompiledHeader } from '../plugin/compiled-model.ts'

/** Stands for the runtime until its text takes the import's place. */
const SPECIFIER = 'unplugin-torch:inlined'
const IMPORT = /^import \{ createModel \} from ['"]unplugin-torch:inlined['"];?$/m

export function standaloneModule(model: CompiledHeader, options: ModelOptions, graphFile: string): string {
  const url = encodeURI(`./${graphFile}`).replaceAll('#', '%23').replaceAll('?', '%3F')
  const loader = printLoader(model, options, { url: besideModule(JSON.stringify(url)), ort: ortImport(options.device), runtime: SPECIFIER })
  assert(IMPORT.test(loader), 'the loader does not import createModel')
  return loader.replace(IMPORT, () => inlinedRuntime())
}

/** `const createModel = …` with the whole runtime inside; made by tsup.config.ts. */
function inlinedRuntime(): string {
  const text = readFileSync(
    new URL(import.meta.url.endsWith('.ts') ? '../../dist/runtime-inline.txt' : './runtime-inline.txt', import.meta.url),
    'utf8',
  )
  return `${text.trimEnd()}\nconst { createModel } = torchRuntime`
}
