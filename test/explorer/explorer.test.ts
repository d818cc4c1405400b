// The explorer as a reader uses it: steps, graph, weights, cost and report in Chromium, by mouse and by keyboard, from a file and under its policy.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { explore } from '../../src/compiler/explore/explore.ts'
import type { Exploration } from '../../src/compiler/explore/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { launch } from '../bundlers/browser.ts'
import { built } from '../bundlers/built.ts'
import { fixtureFolder } from '../e2e/fixtures.ts'
import { openTab, withExplorer } from './page.ts'

let browser: Browser
let folder: string
let resnet: Exploration
let gate: Exploration

const explored = (name: string): Promise<Exploration> =>
  explore(readFileSync(join(fixtureFolder, `${name}.pt`)), { file: `${name}.pt` }, nodeHost())

beforeAll(async () => {
  await built()
  folder = mkdtempSync(join(tmpdir(), 'torch-explorer-'))
  browser = await launch()
  resnet = await explored('resnet18-narrow/model')
  gate = await explored('decision-gate/scripted')
}, 180_000)
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

const current = (page: Page): Promise<string> => page.locator('.stage-item[aria-current] .stage-title').innerText()

describe('steps', () => {
  it('show what a pass changed, and go on by keys', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await page.getByRole('button', { name: /^fold-conv-batch-norm/ }).click()
      expect(await page.locator('.step-title').innerText()).toContain('CONV_BN_FUSION')
      expect(await page.locator('.step-doc').innerText()).toMatch(/^Folds batch normalisation/)
      expect(await page.locator('.line.removed code').allInnerTexts()).toContainEqual(expect.stringContaining('aten::batch_norm'))
      expect(await page.locator('.line.new code').count()).toBeGreaterThan(3)
      expect(await page.locator('.line.skipped').count()).toBeGreaterThan(0)
      await page.keyboard.press('ArrowRight')
      expect(await current(page)).toBe('eliminate-dead-code')
      await page.keyboard.press('ArrowLeft')
      await page.keyboard.press('ArrowLeft')
      expect(await current(page)).not.toBe('fold-conv-batch-norm')
      await page.getByRole('button', { name: 'Result' }).click()
      expect(await page.locator('.line.removed').count()).toBe(0)
      // From the first to the last without the library's code between.
      const steps = await page.locator('.step-row > .soft').innerText()
      const total = Number(/of (\d+)/.exec(steps)![1])
      for (let i = 0; i < total; i++) await page.keyboard.press('ArrowRight')
      expect(await current(page)).toBe('declaration')
    })
  })

  it('unfold lines that did not change', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await page.getByRole('button', { name: /^fold-conv-batch-norm/ }).click()
      const before = await page.locator('.line-number').first().innerText()
      await page.locator('.skip').first().click()
      expect(await page.locator('.line-number').first().innerText()).toBe('1')
      expect(before).not.toBe('1')
    })
  })

  it('lead from a line to the user’s own', async () => {
    await withExplorer(browser, folder, gate, async (page) => {
      await page.getByRole('button', { name: /^inlined graph/ }).click()
      const line = page.locator('.line', { hasText: 'prim::If' }).first()
      await line.locator('.place').click()
      expect(await current(page)).toMatch(/net\.py/)
      expect(await page.locator('.line.marked code').innerText()).toContain('if ')
    })
  })

  it('hold only the lines in sight', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await page.getByRole('button', { name: /^inlined graph/ }).click()
      expect(await page.locator('.line').count()).toBeLessThan(150)
      await page.locator('.text-view').evaluate((view) => view.scrollTo(0, 1e6))
      await expect.poll(() => page.locator('.line code').last().innerText()).toContain('return')
    })
  })
})

describe('graph', () => {
  it('is drawn by modules, which open and close', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await openTab(page, 'Graph')
      const nodes = page.locator('.box.node')
      const all = await nodes.count()
      expect(all).toBe(resnet.graphs.emitted!.nodes.length)
      await page.getByRole('button', { name: 'Close modules' }).click()
      const closed = await nodes.count()
      expect(closed).toBeLessThan(all)
      await page.locator('.box.group').first().click()
      expect((await nodes.count()) + (await page.locator('.box.group').count())).toBeGreaterThan(closed)
      await page.getByRole('button', { name: 'Open all' }).click()
      expect(await nodes.count()).toBe(all)
      // Boxes do not lie on each other.
      const boxes = await nodes.evaluateAll((shapes) =>
        shapes.map((shape) => {
          const { x, y, width, height } = shape.getBoundingClientRect()
          return [x, y, x + width, y + height] as const
        }),
      )
      const overlapping = boxes.flatMap((a, i) =>
        boxes.slice(i + 1).filter((b) => a[0] < b[2] - 1 && b[0] < a[2] - 1 && a[1] < b[3] - 1 && b[1] < a[3] - 1),
      )
      expect(overlapping).toEqual([])
    })
  })

  it('tells what a node is, and leads to its weights and its code', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await openTab(page, 'Graph')
      await page.locator('.box.family-product').first().click()
      const details = page.locator('.details')
      expect(await details.locator('h3').first().innerText()).toMatch(/Conv$/)
      expect(await details.innerText()).toMatch(/FLOP/)
      await details.locator('.link', { hasText: '.weight' }).first().click()
      expect(await page.getByRole('tab', { name: 'Weights' }).getAttribute('aria-selected')).toBe('true')
    })
  })

  it('finds nodes by name', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await openTab(page, 'Graph')
      await page.locator('.search').fill('maxpool')
      await page.keyboard.press('Enter')
      expect(await page.locator('.box.chosen').count()).toBe(1)
    })
  })

  it('opens the bodies of control flow', async () => {
    await withExplorer(browser, folder, gate, async (page) => {
      await openTab(page, 'Graph')
      await page.locator('.box.family-control').first().click()
      await page.getByRole('button', { name: 'Open then_branch' }).click()
      expect(await page.locator('.crumbs .link').allInnerTexts()).toEqual(['graph', 'If then_branch'])
      await page.locator('.crumbs .link').first().click()
      expect(await page.locator('.box.family-control').count()).toBe(1)
    })
  })

  it('is moved and zoomed', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await openTab(page, 'Graph')
      const world = page.locator('.graph-svg > g')
      const before = await world.getAttribute('transform')
      await page.mouse.move(100, 400)
      await page.mouse.down()
      await page.mouse.move(160, 440, { steps: 4 })
      await page.mouse.up()
      const moved = await world.getAttribute('transform')
      expect(moved).not.toBe(before)
      await page.getByRole('button', { name: 'Zoom in' }).click()
      expect(await world.getAttribute('transform')).not.toBe(moved)
      await page.getByRole('button', { name: 'Show all' }).click()
      expect(await world.getAttribute('transform')).toBe(before)
    })
  })
})

describe('figures', () => {
  it('show weights in proportion, and enter modules', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await openTab(page, 'Weights')
      const areas = await page
        .locator('.treemap .depth-0 > rect')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('width')) * Number(cell.getAttribute('height'))))
      expect(areas.length).toBeGreaterThan(2)
      expect([...areas].sort((a, b) => b - a)).toEqual(areas)
      const first = page.locator('.treemap .depth-0.open').first()
      const name = (await first.getAttribute('aria-label'))!.split(',')[0]!
      await first.focus()
      await page.keyboard.press('Enter')
      expect(await page.locator('.weights .crumbs').innerText()).toContain(name.split('.')[0])
    })
  })

  it('tell the cost, and for which sizes', async () => {
    await withExplorer(browser, folder, resnet, async (page) => {
      await openTab(page, 'Cost')
      expect(await page.locator('.tile strong').first().innerText()).toBe('6.79 MFLOP')
      expect(await page.locator('.notes').innerText()).toContain('x_2 = 64 recorded by the trace')
      const module = page.locator('.tree-name button').first()
      await module.click()
      expect(await page.locator('.tree-name button[aria-expanded=true]').count()).toBe(1)
    })
  })

  it('hold the report', async () => {
    await withExplorer(browser, folder, gate, async (page) => {
      await openTab(page, 'Report')
      const text = await page.locator('.report').innerText()
      expect(text).toContain('Branches and loops')
      expect(text).toContain('part of the graph')
      expect(text).toMatch(/together\s+[\d.]+ m?s/)
    })
  })
})

it('is there in the dark, and on a narrow screen', async () => {
  await withExplorer(
    browser,
    folder,
    resnet,
    async (page) => {
      expect(await page.locator('.torch-explorer').evaluate((root) => getComputedStyle(root).backgroundColor)).toBe('rgb(23, 22, 19)')
      for (const tab of ['Graph', 'Weights', 'Cost', 'Report', 'Steps']) {
        await openTab(page, tab)
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      }
    },
    { colorScheme: 'dark', width: 420 },
  )
})

it('tabs go by arrow keys', async () => {
  await withExplorer(browser, folder, gate, async (page) => {
    await page.getByRole('tab', { name: 'Steps' }).focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('tab', { name: 'Graph' }).getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    expect(await page.getByRole('tab', { name: 'Report' }).getAttribute('aria-selected')).toBe('true')
  })
})
