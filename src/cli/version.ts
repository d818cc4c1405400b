// The package's version, read from its manifest.

import { readFileSync } from 'node:fs'

// The manifest is one folder above the built file, two above this one.
const manifest: unknown = JSON.parse(
  readFileSync(new URL(import.meta.url.endsWith('.ts') ? '../../package.json' : '../package.json', import.meta.url), 'utf8'),
)

export const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : ''
