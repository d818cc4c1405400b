// webpack and Rspack: the graph is an asset module of the bundler's own, `./net.pt?torch-asset`, whose bytes our loader provides.
// So hash, public path, persistent cache and `output.clean` work as for any asset; unplugin's emitFile loses the file in the last two.

import { basename } from 'node:path'
import type { Compiler as RspackCompiler } from '@rspack/core'
import type { Compiler as WebpackCompiler } from 'webpack'
import { fileURLToPath } from 'node:url'
import { formatProblem } from '../../diagnostics/compile-error.ts'
import { webpackHost } from '../assets.ts'
import { createBuildReport } from '../build-report.ts'
import { cacheKeyBase } from '../build-id.ts'
import { canonical, sha256 } from '../canonical.ts'
import { cacheFolderOf, createConverter, type Converter } from '../converter.ts'
import { parseModelId, partId, type ModelRequest } from '../ids.ts'
import { modelModule, startsWorker, type ModelModule } from '../model-module.ts'
import type { ResolvedPluginOptions } from '../options.ts'
import { RUNTIME, RUNTIME_GPU, RUNTIME_HOST, runtimePath } from '../packages.ts'
import { rememberConverter } from '../raw-loader.ts'
import { noticeTexts } from '../report-line.ts'

// The loader's module lies beside this one's, as TypeScript in the source tree and as JavaScript in the package.
const RAW_LOADER = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../raw-loader.ts' : './raw-loader.js', import.meta.url))

const MODEL_FILE = /\.(?:pt|pth|ptl|jit|pt2)$/

export interface WebpackHooks {
  /** JavaScript of a model's module. Throws CompileError. */
  readonly module: (request: ModelRequest) => Promise<ModelModule>
}

/** Sets the compiler up; to be called once, when the plugin is applied. */
export function applyToCompiler(compiler: WebpackCompiler | RspackCompiler, options: ResolvedPluginOptions): WebpackHooks {
  const root = compiler.context
  const logger = compiler.getInfrastructureLogger('unplugin-torch')
  const converter: Converter = createConverter({
    root,
    options,
    cacheFolder: cacheFolderOf(options, root),
    serve: compiler.options.mode === 'development',
    warn: (problem) => logger.warn(formatProblem(problem)),
    onConverted(conversion) {
      for (const text of noticeTexts(conversion)) logger.warn(text)
    },
  })

  const report = createBuildReport(options)

  // Pushed, not put first: unplugin's rule makes the module JavaScript, and the later rule wins.
  const rules: unknown[] = compiler.options.module.rules
  rules.push({
    test: MODEL_FILE,
    resourceQuery: /[?&]torch-asset(?:&|$)/,
    type: 'asset/resource',
    generator: { filename: ({ filename = '' }: { readonly filename?: string }) => `assets/${assetStem(filename)}.[contenthash:8].onnx` },
    use: [{ loader: RAW_LOADER, options: { converter: rememberConverter(converter) } }],
  })

  // A persistent cache must not outlive our options or our version.
  const { cache } = compiler.options as { cache?: unknown }
  if (typeof cache === 'object' && cache !== null && 'type' in cache && (cache.type === 'filesystem' || cache.type === 'persistent')) {
    const versioned = cache as { version?: string }
    versioned.version = `${versioned.version ?? ''}|${sha256(canonical([cacheKeyBase(), { ...options, cache: null, report: null }])).slice(0, 16)}`
  }

  // For a model outside of the app, from where our package cannot be resolved.
  const { resolve } = compiler.options as { resolve: { fallback?: unknown } }
  if (!Array.isArray(resolve.fallback))
    resolve.fallback = {
      [`${RUNTIME}$`]: runtimePath(),
      [`${RUNTIME_HOST}$`]: runtimePath('runtime-host'),
      [`${RUNTIME_GPU}$`]: runtimePath('runtime-gpu'),
      ...(resolve.fallback as object | undefined),
    }

  compiler.hooks.done.tapPromise('unplugin-torch', async (stats) => {
    if (!stats.hasErrors()) await report.print((text) => logger.info(text.replace(/^torch/, '     ')))
    converter.clear()
    if (!compiler.watchMode) void converter.close()
  })
  compiler.hooks.watchClose.tap('unplugin-torch', () => void converter.close())

  return {
    module: (request) =>
      modelModule(
        converter,
        request,
        (of, conversion) => {
          const beside = `./${escapeRequest(basename(of.file))}`
          return webpackHost(
            { device: conversion.options.device, worker: startsWorker(of, conversion) },
            partId(of, 'asset', beside),
            partId(of, 'worker', beside),
          )
        },
        { dts: options.dts, report, ...(compiler.watchMode ? { warn: (problem) => logger.warn(formatProblem(problem)) } : {}) },
      ),
  }
}

/** `#` begins a fragment in a request unless it follows a NUL. */
const escapeRequest = (name: string): string => name.replaceAll('#', '\0#').replaceAll('?', '\0?')

/** Brackets would be read as placeholders of a file name template. */
function assetStem(resource: string): string {
  const file = parseModelId(resource)?.file ?? resource
  return basename(file)
    .replace(MODEL_FILE, '')
    .replaceAll(/[^\w.-]/g, '_')
}
