// The headers of a deployment, sent by the preview server: as strict as each file can be served with.

import type { Plugin } from 'vite'

const POLICY: Readonly<Record<string, string>> = {
  'default-src': `'none'`,
  'script-src': `'self' 'wasm-unsafe-eval'`,
  'worker-src': `'self'`,
  'style-src': `'self'`,
  'img-src': `'self' data:`,
  'connect-src': `'self'`,
  'base-uri': `'none'`,
  'form-action': `'none'`,
}
// Models that are compiled in the page are imported as the modules that were generated for them, from memory. That is done in one worker, which has
// no document; its own headers, which are a worker's policy, alone allow it.
const RUN_WORKER = /\/run-worker-[\w-]+\.js$/
const RUN_POLICY = { ...POLICY, 'script-src': `${POLICY['script-src']} blob:`, 'connect-src': `'self' blob:` }

const header = (policy: Readonly<Record<string, string>>): string =>
  Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')

export function contentSecurityPolicy(): Plugin {
  return {
    name: 'playground:content-security-policy',
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const [path = ''] = (request.url ?? '').split('?')
        response.setHeader('Content-Security-Policy', header(RUN_WORKER.test(path) ? RUN_POLICY : POLICY))
        next()
      })
    },
  }
}
