// `unplugin-torch/vite`: the plugin for Vite.

import { unplugin } from './index.ts'

export default unplugin.vite
