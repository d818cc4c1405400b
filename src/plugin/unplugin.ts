// The plugin for every bundler, as one unplugin instance.

import { createUnplugin, type UnpluginInstance } from 'unplugin'
import { torchFactory } from './factory.ts'
import type { PluginOptions } from './plugin-options.ts'

/** `unplugin.vite(options)`, `unplugin.webpack(options)`, …; each bundler also has an entry of its own, such as `unplugin-torch/vite`. */
export const unplugin: UnpluginInstance<PluginOptions | undefined, false> = createUnplugin(torchFactory)
