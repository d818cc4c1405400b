// `unplugin-torch/esbuild`: the plugin for esbuild.

import { unplugin } from './index.ts'

export default unplugin.esbuild
