// `unplugin-torch/rolldown`: the plugin for Rolldown.
// Typed by the bundler's own types alone: unplugin's would want all bundlers to be installed.

import type { Plugin } from 'rolldown'
import type { PluginOptions } from './plugin/plugin-options.ts'
import { unplugin } from './plugin/unplugin.ts'

/** Imports of PyTorch models, for Rolldown: `plugins: [Torch()]`. */
const Torch: (options?: PluginOptions) => Plugin = unplugin.rolldown

export default Torch
