// `unplugin-torch/vite`: the plugin for Vite.
// Typed by the bundler's own types alone: unplugin's would want all bundlers to be installed.

import type { Plugin } from 'vite'
import type { PluginOptions } from './plugin/plugin-options.ts'
import { unplugin } from './plugin/unplugin.ts'

/** Imports of PyTorch models, for Vite: `plugins: [Torch()]`. */
const Torch: (options?: PluginOptions) => Plugin = unplugin.vite

export default Torch
