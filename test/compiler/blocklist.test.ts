// Option blocklist: what it may name, and that it switches what it names.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compiler/compile.ts'
import { nodeHost } from '../../src/plugin/host.ts'

const archive = readFileSync(new URL('../fixtures/resnet18-narrow/model.pt', import.meta.url))

const convert = (blocklist: readonly string[]) => compile(archive, { file: 'net.pt', blocklist }, nodeHost())

describe('the blocklist', () => {
  it('switches what it names by the mobile optimiser’s type or by the name of the pass', async () => {
    const [all, byType, byName] = await Promise.all([convert([]), convert(['CONV_BN_FUSION']), convert(['fold-conv-batch-norm'])])
    expect(all.report.operators['BatchNormalization']).toBeUndefined()
    expect(byType.report.operators['BatchNormalization']).toBeGreaterThan(10)
    expect(byName.sha256).toBe(byType.sha256)
    const row = (result: typeof all) => result.report.passes.find(({ name }) => name === 'fold-conv-batch-norm')
    expect(row(all)).toMatchObject({ type: 'CONV_BN_FUSION', changes: 1, blocked: false })
    expect(row(byType)).toMatchObject({ changes: 0, blocked: true })
  })

  it('suggests the name that was meant', async () => {
    await expect(convert(['CONV_BN_FUSON'])).rejects.toMatchObject({
      problems: [{ code: 'PT3903', fix: 'did you mean "CONV_BN_FUSION"?' }],
    })
    await expect(convert(['fold-constants'])).rejects.toMatchObject({
      problems: [{ code: 'PT3903', message: expect.stringContaining('is needed') }],
    })
  })
})
