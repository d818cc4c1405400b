// Farm, as far as it goes: models in the page. Workers are copied by Farm as they are, so a model cannot be imported there, nor run in one of its own.

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { UnpluginOptions } from 'unplugin'
import { formatProblem } from '../../diagnostics/compile-error.ts'
import { farmHost } from '../assets.ts'
import { cacheFolderOf, createConverter } from '../converter.ts'
import { MODEL_FILTER, parseModelId } from '../ids.ts'
import { bundlerError, modelModule } from '../model-module.ts'
import type { ResolvedPluginOptions } from '../options.ts'
import { GLUE, ortFolder, WASM } from '../packages.ts'
import { graphName, reportLine } from '../report-line.ts'

const ORT = 'ort.wasm.min.mjs'

export function farmHooks(options: ResolvedPluginOptions): Pick<UnpluginOptions, 'load' | 'farm'> {
  let root = process.cwd()
  let publicPath = '/'
  const converter = createConverter({
    root,
    options,
    cacheFolder: cacheFolderOf(options, root),
    serve: false,
    warn: (problem) => console.warn(formatProblem(problem)),
    onConverted: (conversion) => (options.report ? console.info(reportLine(conversion)) : undefined),
  })
  return {
    farm: {
      configResolved(config) {
        root = config.root ?? root
        publicPath = config.compilation?.output?.publicPath ?? '/'
      },
    },
    load: {
      filter: { id: MODEL_FILTER },
      async handler(id) {
        try {
          const request = parseModelId(id)
          if (request === undefined) return null
          this.addWatchFile(request.file)
          const { code, map } = await modelModule(
            converter,
            request,
            async (of, { model, options: { device } }) => {
              const folder = ortFolder([dirname(of.file), root])
              const emit = (fileName: string, source: Uint8Array): string => {
                this.emitFile({ type: 'asset', fileName, source })
                return `${publicPath.replace(/\/?$/, '/')}${fileName}`
              }
              const name = graphName(of.file)
                .replace(/\.onnx$/, '')
                .replaceAll(/[^\w.-]/g, '_')
              return farmHost(device, {
                graph: emit(`assets/${name}.${model.sha256.slice(0, 8)}.onnx`, model.graph),
                ort: emit(`assets/${ORT}`, await readFile(join(folder, ORT))),
                glue: emit(`assets/${GLUE}`, await readFile(join(folder, GLUE))),
                wasm: emit(`assets/${WASM}`, await readFile(join(folder, WASM))),
              })
            },
            { dts: options.dts },
          )
          return { code, map: map ?? null }
        } catch (error) {
          this.error(bundlerError(error, id))
          return 'export {}'
        }
      },
    },
  }
}
