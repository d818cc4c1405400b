// Whatever a model's texts say, the page shows them as text: markup, ends of scripts, keys of objects, names without end. And a graph of any size is drawn.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { explorerPage } from '../../src/cli/explorer-page.ts'
import { explore } from '../../src/compiler/explore/explore.ts'
import type { DrawnNode, Exploration } from '../../src/compiler/explore/types.ts'
import { nodeHost } from '../../src/plugin/host.ts'
import { launch } from '../bundlers/browser.ts'
import { built } from '../bundlers/built.ts'
import { archiveWith, SOURCE } from '../hostile/control.ts'
import { openTab, withExplorer } from './page.ts'

const TABS = ['Steps', 'Graph', 'Weights', 'Cost', 'Report']

const MARKUP = `</script><script>document.title='pwned'</script><img src=x onerror="document.title='pwned'"><!--`

let browser: Browser
let folder: string
let base: Exploration

beforeAll(async () => {
  await built()
  folder = mkdtempSync(join(tmpdir(), 'torch-explorer-'))
  browser = await launch()
  base = await explore(archiveWith(), { file: 'net.pt' }, nodeHost())
}, 180_000)
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Every text of the exploration is this one. */
function renamed(text: string): Exploration {
  const value = (name: string): { name: string; type: string } => ({ name, type: text })
  const node: DrawnNode = {
    op: text,
    inputs: [{ ...value('x') }, { ...value(text), weight: { path: text, bytes: 4000, preview: text } }],
    outputs: [value(text)],
    attributes: [[text, text]],
    subgraphs: [[text, { inputs: [value(text)], outputs: [value(text)], nodes: [] }]],
    module: `${text}.${text}`,
    cost: { macs: 1, flops: 2, bytes: 3 },
    place: 0,
  }
  const drawing = { inputs: [value('x')], outputs: [value(text)], nodes: [node, { ...node, outputs: [value('y')], module: text }] }
  const sum = { nodes: 1, macs: 1, flops: 2, bytes: 3, unknown: 0 }
  return {
    ...base,
    file: text,
    stages: [
      ...base.stages.map((stage) => ({ ...stage, title: text, ...(stage.method === undefined ? {} : { method: text }) })),
      { id: 'source:0', kind: 'source', title: text, text: [{ lines: [text, text], places: [0, 0] }], length: 2 },
    ],
    places: base.places.map((place) => ({ ...place, source: text })).concat({ source: text, line: 1, column: 0 }),
    graphs: { emitted: drawing, lowered: drawing },
    weights: [{ path: `${text}.${text}`, name: text, dtype: text, dims: [1000], bytes: 4000 }],
    cost: {
      ...sum,
      parameters: 1,
      sizes: [{ name: text, size: 1, from: 'chosen' }],
      symbolic: text,
      hasControlFlow: false,
      byOperator: [{ operator: text, ...sum }],
      byModule: [
        { module: '', ...sum },
        { module: text, ...sum },
      ],
    },
    report: {
      ...base.report!,
      inputs: [{ name: text, dtype: 'float32', dims: [text] }],
      decisions: [{ kind: 'kept', place: text }],
      notices: [{ code: 'PT3501', message: text, fix: text }],
    },
  }
}

it.each([
  ['markup', MARKUP],
  ['keys of every object', '__proto__'],
  ['more of them', 'constructor'],
  ['control characters', 'a\u0000\u0007\u001b[31m\u202e\u2028\ud800'],
  ['a name of a quarter of a megabyte', 'n'.repeat(2 ** 18)],
  ['a path of a thousand parts', 'a.'.repeat(1000)],
])('shows %s as text', async (_, text) => {
  await withExplorer(browser, folder, renamed(text), async (page) => {
    for (const tab of TABS) await openTab(page, tab)
    await openTab(page, 'Graph')
    await page.getByRole('button', { name: 'Open all' }).click()
    await page.locator('.box.node').first().click({ force: true })
    expect(await page.title()).not.toBe('pwned')
    expect(await page.locator('.torch-explorer script, .torch-explorer img, .torch-explorer iframe').count()).toBe(0)
  })
})

it('keeps the data inside of its element', () => {
  const page = explorerPage(renamed(MARKUP))
  expect(page.match(/<script\b/g)).toHaveLength(2)
  expect(page).not.toContain('<img')
  expect(page).toContain(`default-src 'none'`)
})

it('shows why a model is refused, with its line', async () => {
  const source = SOURCE.replace('torch.add(x, w)', 'torch.nonsense(x, w)')
  const broken = await explore(archiveWith({ 'code/__torch__.py': new TextEncoder().encode(source) }), { file: 'broken.pt' }, nodeHost())
  await withExplorer(browser, folder, broken, async (page) => {
    expect(await page.locator('.problem pre').innerText()).toContain('torch.nonsense')
    await page.locator('.problem .link').click()
    expect(await page.locator('.line.marked').innerText()).toContain('torch.nonsense')
    for (const tab of TABS) await openTab(page, tab)
  })
  const none = await explore(Uint8Array.of(0), { file: 'none.pt' }, nodeHost())
  await withExplorer(browser, folder, none, async (page) => {
    for (const tab of TABS) await openTab(page, tab)
    expect(await page.locator('.empty:visible').innerText()).toContain('no report')
  })
})

it('draws twenty thousand nodes, and steps through their texts', async () => {
  const count = 20_000
  const nodes = Array.from({ length: count }, (_, i): DrawnNode => ({
    op: i % 7 === 0 ? 'MatMul' : 'Add',
    inputs: [
      { name: i === 0 ? 'x' : `v${i - 1}`, type: 'float32[4]' },
      { name: i < 9 ? 'x' : `v${i - 9}`, type: 'float32[4]' },
    ],
    outputs: [{ name: `v${i}`, type: 'float32[4]' }],
    attributes: [],
    subgraphs: [],
    module: `blocks.${Math.floor(i / 100)}.part${Math.floor(i / 10) % 10}`,
    cost: { flops: 4 },
  }))
  const lines = nodes.map(({ op, outputs, inputs }) => `${outputs[0]!.name} = ${op}(${inputs.map(({ name }) => name).join(', ')})`)
  const big: Exploration = {
    ...base,
    graphs: { emitted: { inputs: [{ name: 'x', type: 'float32[4]' }], outputs: [{ name: `v${count - 1}`, type: 'float32[4]' }], nodes } },
    stages: [
      { id: 'onnx:0', kind: 'onnx', title: 'lowered', text: [{ lines }], length: count, nodes: count },
      {
        id: 'onnx:1',
        kind: 'onnx',
        title: 'last',
        before: 'onnx:0',
        text: [{ from: 0, to: 10_000 }, { lines: ['new'] }, { from: 10_001, to: count }],
        length: count,
        nodes: count,
      },
    ],
  }
  await withExplorer(browser, folder, big, async (page) => {
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: /^last/ }).click()
    expect(await page.locator('.line.new code').allInnerTexts()).toEqual(['new'])
    const start = Date.now()
    await openTab(page, 'Graph')
    await page.locator('.box').first().waitFor()
    expect(Date.now() - start).toBeLessThan(8000)
    expect(await page.locator('.box').count()).toBeLessThan(400)
    await page.locator('.box.group:not(.open)').first().click()
    expect(await page.locator('.box.open').count()).toBeGreaterThan(0)
  })
})
