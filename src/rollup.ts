// `unplugin-torch/rollup`: the plugin for Rollup.
// Typed by the bundler's own types alone: unplugin's would want all bundlers to be installed.

import type { Plugin } from 'rollup'
import type { PluginOptions } from './plugin/plugin-options.ts'
import { unplugin } from './plugin/unplugin.ts'

/** Imports of PyTorch models, for Rollup: `plugins: [Torch()]`. */
const Torch: (options?: PluginOptions) => Plugin = unplugin.rollup

export default Torch
