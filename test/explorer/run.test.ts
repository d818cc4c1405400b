// A page that runs its model: from a file, with everything in it, what PyTorch says of the same numbers.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NoRunData, RunData } from '../../src/cli/page-data.ts'
import { runData } from '../../src/cli/run-data.ts'
import { exploreCompiled } from '../../src/compiler/explore/explore.ts'
import type { CompileResult, ModelOptions } from '../../src/compiler/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { launch } from '../bundlers/browser.ts'
import { built } from '../bundlers/built.ts'
import { fixtureFolder } from '../e2e/fixtures.ts'
import { openTab, withExplorer } from './page.ts'

let browser: Browser
let folder: string

beforeAll(async () => {
  await built()
  folder = mkdtempSync(join(tmpdir(), 'torch-explorer-'))
  browser = await launch()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function withModel(name: string, use: (page: Page) => Promise<void>, options: ModelOptions = {}): Promise<void> {
  const file = `${name.split('/').at(-1)!}.pt`
  const { exploration, result } = await exploreCompiled(readFileSync(join(fixtureFolder, `${name}.pt`)), { ...options, file }, nodeHost())
  await withExplorer(
    browser,
    folder,
    exploration,
    async (page) => {
      await openTab(page, 'Run')
      await use(page)
    },
    { run: runData(result!, options, file) as RunData },
  )
}

/** The text of the result, once the call has ended. */
async function resultOf(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Run' }).click()
  await page.locator('.results[data-state=done], .results[data-state=failed]').waitFor({ timeout: 30_000 })
  return page.locator('.results').innerText()
}

describe('a page with its model', () => {
  it('gives what the code says of values that are entered', async () => {
    await withModel('decision-gate/scripted', async (page) => {
      await page.getByLabel('sizes').fill('3')
      await page.getByLabel('contents').selectOption('values')
      // The sum decides: x itself, or its negative.
      await page.getByLabel('values').fill('1 2 3')
      const first = await resultOf(page)
      expect(first).toMatch(/float32\[3\]/)
      await page.getByLabel('values').fill('-1 -2 -3')
      await page.evaluate(`delete document.querySelector('.results').dataset.state`)
      const second = await resultOf(page)
      const numbers = (text: string): string => text.split('\n').at(-1)!
      expect([numbers(first), numbers(second)]).toEqual(['1  2  3', '1  2  3'])
    })
  })

  it('says what is wrong with an entry, and what the runtime says', async () => {
    await withModel('resnet18-narrow/model', async (page) => {
      expect(await page.getByLabel('sizes').inputValue()).toBe('1, 3, 64, 64')
      await page.getByLabel('sizes').fill('1, many')
      expect(await resultOf(page)).toContain('are no sizes')
      await page.getByLabel('sizes').fill('1, 3, 64, 64')
      await page.evaluate(`delete document.querySelector('.results').dataset.state`)
      const result = await resultOf(page)
      expect(result).toMatch(/float32\[1, 100\]/)
      expect(result).toMatch(/first call .* · median of/)
      expect(result).toMatch(/largest: \d+ \(/)
    })
  })

  it('runs host programs, and keeps state from call to call', async () => {
    await withModel('decision-gate/scripted', async (page) => expect(await resultOf(page)).toMatch(/opened in/), { controlFlow: 'host' })
    await withModel('buffer-counter/attributes', async (page) => {
      const counts: string[] = []
      for (let i = 0; i < 2; i++) {
        await page.evaluate(`delete document.querySelector('.results').dataset.state`)
        counts.push((await resultOf(page)).split('\n').at(-1)!)
      }
      expect(counts[0]).not.toBe(counts[1])
    })
  })
})

it('a graph that is too big for a page stays out of it', async () => {
  const big = { graph: new Uint8Array(20_000_001), signatures: [] } as unknown as CompileResult
  const data: RunData | NoRunData = runData(big, {}, 'net.pt')
  expect(data).toEqual({ reason: expect.stringMatching(/20\.00 MB .* 20\.00 MB that a page takes along/) as string })
})
