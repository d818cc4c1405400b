// `unplugin-torch/webpack`: the plugin for webpack.
// Typed by the bundler's own types alone: unplugin's would want all bundlers to be installed.

import type { WebpackPluginInstance } from 'webpack'
import type { PluginOptions } from './plugin/plugin-options.ts'
import { unplugin } from './plugin/unplugin.ts'

/** Imports of PyTorch models, for webpack: `plugins: [Torch()]`. */
const Torch: (options?: PluginOptions) => WebpackPluginInstance = unplugin.webpack

export default Torch
