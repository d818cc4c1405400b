// The app as a user of unplugin-torch sets it up: one line of configuration. The other plugins are the playground's own.

import { join } from 'node:path'
import Torch from 'unplugin-torch/vite'
import { defineConfig } from 'vite'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { modelReports } from './model-reports.ts'

export default defineConfig({
  plugins: [Torch(), modelReports(), contentSecurityPolicy()],
  // Its workers import onnxruntime when they need it, and a worker that is one script cannot.
  worker: { format: 'es' },
  build: { rolldownOptions: { input: [join(import.meta.dirname, 'index.html'), join(import.meta.dirname, 'explore/index.html')] } },
})
