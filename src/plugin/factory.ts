// The unplugin factory: one row a bundler. Hooks that bundlers have in common go through unplugin; the rest are their own.

import type { UnpluginFactory } from 'unplugin'
import type { Plugin as RolldownPlugin } from 'rolldown'
import { setupEsbuild } from './hooks/esbuild.ts'
import { farmHooks } from './hooks/farm.ts'
import { rollupHooks } from './hooks/rollup.ts'
import { viteHooks } from './hooks/vite.ts'
import { applyToCompiler, type WebpackHooks } from './hooks/webpack.ts'
import { MODEL_FILTER, parseModelId } from './ids.ts'
import { bundlerError } from './model-module.ts'
import { resolveOptions } from './options.ts'
import type { PluginOptions } from './plugin-options.ts'

const NAME = 'unplugin-torch'

/** Takes the model before the bundler's own handling of assets does. */
const enforce = 'pre'

export const torchFactory: UnpluginFactory<PluginOptions | undefined, false> = (given, meta) => {
  const options = resolveOptions(given)
  switch (meta.framework) {
    case 'vite':
      return { name: NAME, enforce, vite: viteHooks(options) }
    case 'rollup':
      return { name: NAME, enforce, rollup: rollupHooks(options) }
    case 'rolldown':
      return { name: NAME, enforce, rolldown: rollupHooks(options) as unknown as Partial<RolldownPlugin> }
    case 'esbuild':
      return { name: NAME, enforce, esbuild: { setup: (build) => setupEsbuild(build, options) } }
    case 'farm':
      return { name: NAME, enforce, ...farmHooks(options) }
    default:
      break
  }
  let hooks: WebpackHooks | undefined
  return {
    name: NAME,
    enforce,
    webpack: (compiler) => void (hooks = applyToCompiler(compiler, options)),
    rspack: (compiler) => void (hooks = applyToCompiler(compiler, options)),
    load: {
      filter: { id: MODEL_FILTER },
      async handler(id) {
        try {
          const request = parseModelId(id)
          if (request === undefined || request.part === 'asset' || hooks === undefined) return null
          this.addWatchFile(request.file)
          const { code, map } = await hooks.module(request)
          return { code, map: map ?? null }
        } catch (error) {
          this.error(bundlerError(error, id))
          return 'export {}'
        }
      },
    },
  }
}
