// `unplugin-torch/farm`: the plugin for Farm.
// Typed by the bundler's own types alone: unplugin's would want all bundlers to be installed.

import type { JsPlugin } from '@farmfe/core'
import type { PluginOptions } from './plugin/plugin-options.ts'
import { unplugin } from './plugin/unplugin.ts'

/** Imports of PyTorch models, for Farm: `plugins: [Torch()]`. */
const Torch: (options?: PluginOptions) => JsPlugin = unplugin.farm

export default Torch
