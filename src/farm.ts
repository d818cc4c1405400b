// `unplugin-torch/farm`: the plugin for Farm.

import { unplugin } from './index.ts'

export default unplugin.farm
