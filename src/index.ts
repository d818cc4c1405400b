// `unplugin-torch`: the plugin for every bundler, as one unplugin instance, and the types of its options.

export { unplugin } from './plugin/unplugin.ts'
export type { ExampleInput, PluginModelOptions, PluginOptions } from './plugin/plugin-options.ts'
export type { InputOption, ModelOptions, PreprocessOption } from './compiler/types.ts'
