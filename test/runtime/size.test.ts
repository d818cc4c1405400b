import { gzipSync } from 'node:zlib'
import path from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

describe('the runtime entry', () => {
  it('is under 6 kB, minified and gzipped, with everything in it', async () => {
    const { outputFiles } = await build({
      entryPoints: [path.join(import.meta.dirname, '../../src/runtime/index.ts')],
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      write: false,
    })
    expect(gzipSync(outputFiles[0]!.contents, { level: 9 }).length).toBeLessThan(6000)
    expect(outputFiles[0]!.text).not.toMatch(/\bimport\b|\beval\b|new Function|Blob\(/)
  })
})
