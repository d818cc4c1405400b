// STEM.js: the loader with the runtime inlined. One ES module for browsers and Node; it imports onnxruntime-web and nothing else.

import { readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import type { LoaderHost, ModelOptions } from '../compiler/types.ts'
import { assert } from '../diagnostics/internal.ts'
import { besideModule, GPU_IMPORT, ortImport } from '../plugin/assets.ts'
import { printLoader } from '../plugin/compile-model.ts'
import type { CompiledHeader } from '../plugin/compiled-model.ts'
import { inFolder, movedDown } from '../loader/host/program-map.ts'

/** Stand for the runtime until its text takes the imports' place. */
const SPECIFIER = 'unplugin-torch:inlined'
const HOST_SPECIFIER = 'unplugin-torch:inlined-host'
const IMPORT = /^import \{ createModel \} from ['"]unplugin-torch:inlined['"];?$/m
const HOST_IMPORT = /^import \{ ([^}]*) \} from ['"]unplugin-torch:inlined-host['"];?$/m

export interface StandaloneModule {
  readonly code: string
  /** JSON of its source map, `STEM.js.map`; only where control flow of the model is JavaScript. */
  readonly map?: string
}

/** `file` is the model's name, `net.pt`; the module lies beside `net.onnx`, unless `reach` says by which expressions it gets there. */
export function standaloneModule(
  model: CompiledHeader,
  options: ModelOptions,
  file: string,
  reach?: Pick<LoaderHost, 'url' | 'ort'>,
): StandaloneModule {
  const stem = basename(file, extname(file))
  const forGpu = options.device === 'webgpu'
  const url = `./${fileUrl(`${stem}.onnx`)}`
  const { code: loader, map } = printLoader(model, options, {
    url: besideModule(JSON.stringify(url)),
    ort: ortImport(),
    ...(forGpu ? { gpu: { ort: GPU_IMPORT } } : {}),
    ...reach,
    runtime: SPECIFIER,
    runtimeHost: HOST_SPECIFIER,
    runtimeGpu: SPECIFIER,
  })
  assert(IMPORT.test(loader), 'the loader does not import createModel')
  const host = HOST_IMPORT.exec(loader)
  const text = inlined(`runtime${forGpu ? '-gpu' : ''}${host === null ? '' : '-host'}-inline.txt`)
  const names = host === null ? 'createModel' : `createModel, ${host[1]!}`
  const code = loader.replace(HOST_IMPORT, '').replace(IMPORT, () => `${text}\nconst { ${names} } = torchRuntime`)
  if (map === undefined) return { code }
  // The library's lines take the place of one.
  const moved = { file: `${stem}.js`, ...inFolder(movedDown(map, text.split('\n').length), basename(file)) }
  return { code: `${code}//# sourceMappingURL=${fileUrl(`${stem}.js.map`)}\n`, map: `${JSON.stringify(moved)}\n` }
}

const fileUrl = (file: string): string => encodeURI(file).replaceAll('#', '%23').replaceAll('?', '%3F')

/** `const torchRuntime = …` with the whole runtime inside; made by tsup.config.ts. */
function inlined(file: string): string {
  return readFileSync(new URL(import.meta.url.endsWith('.ts') ? `../../dist/${file}` : `./${file}`, import.meta.url), 'utf8').trimEnd()
}
