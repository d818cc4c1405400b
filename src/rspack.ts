// `unplugin-torch/rspack`: the plugin for Rspack.

import { unplugin } from './index.ts'

export default unplugin.rspack
