// Generated documents say what the sources say.

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

it('docs/errors.md, docs/passes.md and SUPPORTED-OPS.md are up to date', () => {
  const { status, stderr } = spawnSync(process.execPath, [resolve(import.meta.dirname, '../scripts/generate-docs.ts'), '--check'], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
})
