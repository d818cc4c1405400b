// STEM.js: the loader with the runtime inlined. One ES module for browsers and Node; it imports onnxruntime-web and nothing else.

import { readFileSync } from 'node:fs'
import type { ModelOptions } from '../compiler/types.ts'
import { assert } from '../diagnostics/internal.ts'
import { besideModule, ortImport } from '../plugin/assets.ts'
import { printLoader } from '../plugin/compile-model.ts'
import type { CompiledHeader } from '../plugin/compiled-model.ts'

/** Stand for the runtime until its text takes the imports' place. */
const SPECIFIER = 'unplugin-torch:inlined'
const HOST_SPECIFIER = 'unplugin-torch:inlined-host'
const IMPORT = /^import \{ createModel \} from ['"]unplugin-torch:inlined['"];?$/m
const HOST_IMPORT = /^import \{ ([^}]*) \} from ['"]unplugin-torch:inlined-host['"];?$/m

export function standaloneModule(model: CompiledHeader, options: ModelOptions, graphFile: string): string {
  const url = encodeURI(`./${graphFile}`).replaceAll('#', '%23').replaceAll('?', '%3F')
  const loader = printLoader(model, options, {
    url: besideModule(JSON.stringify(url)),
    ort: ortImport(options.device),
    runtime: SPECIFIER,
    runtimeHost: HOST_SPECIFIER,
  })
  assert(IMPORT.test(loader), 'the loader does not import createModel')
  const host = HOST_IMPORT.exec(loader)
  const text = inlined(host === null ? 'runtime-inline.txt' : 'runtime-host-inline.txt')
  const names = host === null ? 'createModel' : `createModel, ${host[1]!}`
  return loader.replace(HOST_IMPORT, '').replace(IMPORT, () => `${text}\nconst { ${names} } = torchRuntime`)
}

/** `const torchRuntime = …` with the whole runtime inside; made by tsup.config.ts. */
function inlined(file: string): string {
  return readFileSync(new URL(import.meta.url.endsWith('.ts') ? `../../dist/${file}` : `./${file}`, import.meta.url), 'utf8').trimEnd()
}
