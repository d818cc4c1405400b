// `unplugin-torch/webpack`: the plugin for webpack.

import { unplugin } from './index.ts'

export default unplugin.webpack
