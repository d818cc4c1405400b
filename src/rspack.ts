// `unplugin-torch/rspack`: the plugin for Rspack.
// Typed by the bundler's own types alone: unplugin's would want all bundlers to be installed.

import type { RspackPluginInstance } from '@rspack/core'
import type { PluginOptions } from './plugin/plugin-options.ts'
import { unplugin } from './plugin/unplugin.ts'

/** Imports of PyTorch models, for Rspack: `plugins: [Torch()]`. */
const Torch: (options?: PluginOptions) => RspackPluginInstance = unplugin.rspack

export default Torch
