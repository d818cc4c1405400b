// Rollup and Rolldown: emitted files and `import.meta.ROLLUP_FILE_URL_…`. Neither places onnxruntime's wasm, so that is emitted too;
// a worker's entry is a second chunk.

import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Plugin } from 'rollup'
import { formatProblem, type Problem } from '../../diagnostics/compile-error.ts'
import { rollupHost } from '../assets.ts'
import { checkBudget } from '../budget.ts'
import { createBuildReport } from '../build-report.ts'
import { cacheFolderOf, createConverter } from '../converter.ts'
import { MODEL_FILTER, parseModelId, partId } from '../ids.ts'
import { bundlerError, modelModule, startsWorker } from '../model-module.ts'
import type { ResolvedPluginOptions } from '../options.ts'
import { fallbackPath, ortFolder, SPECIFIER_FILTER, WASM, WASM_ASYNCIFY, WASM_JSPI } from '../packages.ts'
import { graphName, noticeTexts } from '../report-line.ts'
import { UnusedMethods } from './unused-methods.ts'

/** The hooks of both bundlers: Rolldown's are Rollup's. */
export function rollupHooks(options: ResolvedPluginOptions): Partial<Plugin> {
  const root = process.cwd()
  const converter = createConverter({
    root,
    options,
    cacheFolder: cacheFolderOf(options, root),
    serve: false,
    warn: (problem) => console.warn(formatProblem(problem)),
    onConverted(conversion) {
      for (const text of noticeTexts(conversion)) console.warn(text)
    },
  })
  const report = createBuildReport(options)
  let warn: ((problem: Problem) => void) | undefined
  const unused = new UnusedMethods({
    converter: () => converter,
    async settled(request, conversion, code) {
      await checkBudget(converter.optionsFor(request).budget, conversion.model, conversion.name, warn)
      report.add(request, conversion, code)
    },
  })
  return {
    async resolveId(id, importer, details) {
      const isModel = MODEL_FILTER.test(id)
      if (importer === undefined) return isModel && id.includes('?') ? id : null
      const isOurs = SPECIFIER_FILTER.test(id) && MODEL_FILTER.test(importer)
      if (!isModel && !isOurs) return null
      const found = await this.resolve(id, importer, { attributes: details.attributes, isEntry: details.isEntry, skipSelf: true })
      if (found !== null) return found
      if (!isModel) return fallbackPath(id, [dirname(importer), root]) ?? null
      // Rollup itself resolves no id with a query.
      const [, path, query = ''] = /^([^?]*)(\?.*)?$/s.exec(id)!
      return /^[./]|^[A-Za-z]:[\\/]/.test(id) ? resolve(dirname(importer.split('?')[0]!), path!) + query : null
    },

    async load(id) {
      if (!MODEL_FILTER.test(id)) return null
      try {
        const request = parseModelId(id)
        if (request === undefined) return null
        this.addWatchFile(request.file)
        if (this.meta.watchMode) warn = (problem) => this.warn(formatProblem(problem))
        const { code, map } = await modelModule(
          converter,
          request,
          async (of, conversion) => {
            for (const file of conversion.dependencies) this.addWatchFile(file)
            const worker = startsWorker(of, conversion)
            const name = graphName(of.file)
            const { device } = conversion.options
            const folder = ortFolder([dirname(of.file), root])
            const emit = async (file: string): Promise<string> =>
              this.emitFile({ type: 'asset', name: file, source: await readFile(join(folder, file)) })
            const graph = this.emitFile({ type: 'asset', name, source: conversion.model.graph })
            unused.emitted(of, conversion, graph)
            return rollupHost(
              { device, worker },
              {
                graph,
                wasm: await emit(WASM),
                ...(device === 'webgpu' ? { jspi: await emit(WASM_JSPI), asyncify: await emit(WASM_ASYNCIFY) } : {}),
                ...(worker
                  ? { worker: this.emitFile({ type: 'chunk', id: partId(of, 'worker'), name: name.replace(/\.onnx$/, '-worker') }) }
                  : {}),
              },
            )
          },
          {
            dts: options.dts,
            report,
            warn,
            later: {
              standIns: (of, conversion) => unused.standIns(id, of, conversion),
              printed: (of, conversion, text) => unused.printed(of, conversion, text),
            },
          },
        )
        return { code, map: map ?? { mappings: '' }, moduleType: 'js', moduleSideEffects: request.part === 'worker' }
      } catch (error) {
        return this.error(bundlerError(error, id))
      }
    },

    renderStart() {
      unused.start()
    },
    async renderChunk(code, _chunk, _options, { chunks }) {
      try {
        const text = await unused.render(this, code, chunks)
        return text === undefined ? null : { code: text, map: null }
      } catch (error) {
        return this.error(bundlerError(error, ''))
      }
    },
    async generateBundle(_, bundle) {
      await unused.finish(bundle)
    },

    // Not every caller closes its bundle.
    async writeBundle() {
      await report.print(console.info)
    },
    async closeBundle(error?: unknown) {
      if (!(error instanceof Error)) await report.print(console.info)
      converter.clear()
      if (!this.meta.watchMode) await converter.close()
    },
    async closeWatcher() {
      await converter.close()
    },
  }
}
