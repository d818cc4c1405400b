// `unplugin-torch/rollup`: the plugin for Rollup.

import { unplugin } from './index.ts'

export default unplugin.rollup
