// `unplugin-torch/rolldown`: the plugin for Rolldown.

import { unplugin } from './index.ts'

export default unplugin.rolldown
