// A page that `inspect --html` would write, opened as a file in Chromium, with everything that the page complains of.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { expect } from 'vitest'
import { explorerPage } from '../../src/cli/explorer-page.ts'
import type { RunData } from '../../src/cli/page-data.ts'
import type { Exploration } from '../../src/compiler/explore/types.ts'

/** Opens the exploration; the page must ask for nothing and complain of nothing. */
export async function withExplorer(
  browser: Browser,
  folder: string,
  exploration: Exploration,
  use: (page: Page) => Promise<void>,
  options: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number; readonly run?: RunData } = {},
): Promise<void> {
  const path = join(folder, 'page.html')
  writeFileSync(path, explorerPage(exploration, options.run))
  const { colorScheme = 'light', width = 1200 } = options
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' })
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => (['error', 'warning'].includes(message.type()) ? complaints.push(message.text()) : undefined))
  page.on('request', (request) =>
    request.url() === pathToFileURL(path).href || request.url().startsWith('blob:') ? undefined : complaints.push(request.url()),
  )
  page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`))
  try {
    await page.goto(pathToFileURL(path).href)
    await page.waitForSelector('.torch-explorer')
    await use(page)
    expect(complaints).toEqual([])
  } finally {
    await page.close()
  }
}

export const openTab = (page: Page, name: string): Promise<void> => page.getByRole('tab', { name }).click()
