// The app as a user of unplugin-torch sets it up: one line of configuration. The second plugin is the playground's own, for the figures it shows.

import Torch from 'unplugin-torch/vite'
import { defineConfig } from 'vite'
import { modelReports } from './model-reports.ts'

// A policy as strict as a deployment would send: nothing from elsewhere, no eval, WebAssembly only.
const POLICY = [
  `default-src 'none'`,
  `script-src 'self' 'wasm-unsafe-eval'`,
  `style-src 'self'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
].join('; ')

export default defineConfig({
  plugins: [Torch(), modelReports()],
  preview: { headers: { 'Content-Security-Policy': POLICY } },
})
