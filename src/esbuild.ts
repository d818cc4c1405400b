// `unplugin-torch/esbuild`: the plugin for esbuild.
// Typed by the bundler's own types alone: unplugin's would want all bundlers to be installed.

import type { Plugin } from 'esbuild'
import type { PluginOptions } from './plugin/plugin-options.ts'
import { unplugin } from './plugin/unplugin.ts'

/** Imports of PyTorch models, for esbuild: `plugins: [Torch()]`. */
const Torch: (options?: PluginOptions) => Plugin = unplugin.esbuild

export default Torch
