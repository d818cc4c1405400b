// The playground as a visitor gets it: type-checked, built, served with its strict policy, drawn on in Chromium; and its model on the whole test split,
// against PyTorch's answers, in the built page and in the dev server. Models that a visitor opens: compiled, shown, changed and run in the page.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { build, createServer, preview, type PreviewServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launch } from '../bundlers/browser.ts'
import { built } from '../bundlers/built.ts'
import { REPOSITORY } from '../bundlers/project.ts'
import { decodeLeaf, tensorElements, type Leaf } from '../support/leaf.ts'

const root = join(REPOSITORY, 'playground')
const configFile = join(root, 'vite.config.ts')

const golden = JSON.parse(readFileSync(join(REPOSITORY, 'test/fixtures/digits/test-split.json'), 'utf8')) as Record<
  'images' | 'labels' | 'predictions',
  Leaf
>
const numbers = (leaf: Leaf): number[] => {
  const value = decodeLeaf(leaf)
  if (value === null || typeof value !== 'object' || value.kind !== 'tensor') throw new Error('the golden holds no tensor here')
  return tensorElements(value).map(Number)
}

// Drawn by hand for this test, in shares of the sheet: x, y, x, y, … of each stroke.
const DRAWINGS: readonly (readonly [digit: number, ...strokes: (readonly number[])[]])[] = [
  [0, [0.5, 0.15, 0.32, 0.25, 0.25, 0.5, 0.32, 0.76, 0.5, 0.86, 0.68, 0.76, 0.74, 0.5, 0.68, 0.25, 0.5, 0.15]],
  [1, [0.38, 0.3, 0.52, 0.15, 0.52, 0.86]],
  [2, [0.28, 0.32, 0.36, 0.16, 0.58, 0.14, 0.68, 0.28, 0.6, 0.5, 0.3, 0.84, 0.74, 0.84]],
  [3, [0.3, 0.18, 0.55, 0.13, 0.68, 0.25, 0.6, 0.42, 0.45, 0.47, 0.64, 0.54, 0.7, 0.72, 0.55, 0.87, 0.28, 0.8]],
  [4, [0.34, 0.15, 0.28, 0.52, 0.74, 0.52], [0.62, 0.3, 0.6, 0.88]],
  [7, [0.26, 0.16, 0.74, 0.16, 0.42, 0.87], [0.34, 0.5, 0.68, 0.5]],
]

let browser: Browser
let folder: string
let server: PreviewServer
let url: string

beforeAll(async () => {
  await built()
  folder = mkdtempSync(join(tmpdir(), 'torch-playground-'))
  await build({ root, configFile, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } })
  server = await preview({ root, configFile, logLevel: 'silent', build: { outDir: folder }, preview: { port: 0, host: 'localhost' } })
  url = server.resolvedUrls!.local[0]!
  browser = await launch()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens a page, waits until it is ready, and demands that the console stays clean, and that nothing is sent and nothing fetched from elsewhere. */
async function withPage(address: string, use: (page: Page) => Promise<void>, path = '', using = browser): Promise<void> {
  const page = await using.newPage({ viewport: { width: 1200, height: 900 }, reducedMotion: 'reduce' })
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => (['error', 'warning'].includes(message.type()) ? complaints.push(message.text()) : undefined))
  page.on('request', (request) =>
    /^(data|blob):/.test(request.url()) || (request.url().startsWith(address) && request.method() === 'GET' && request.postData() === null)
      ? undefined
      : complaints.push(`${request.method()} ${request.url()}`),
  )
  try {
    await page.goto(address + path)
    await page.waitForSelector('html[data-ready]', { state: 'attached', timeout: 60_000 })
    await use(page)
    expect(complaints).toEqual([])
  } finally {
    await page.close()
  }
}

async function draw(page: Page, strokes: readonly (readonly number[])[]): Promise<void> {
  const sheet = page.locator('#sheet')
  await sheet.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await sheet.boundingBox())!
  for (const stroke of strokes) {
    for (let i = 0; i < stroke.length; i += 2) {
      await page.mouse.move(x + stroke[i]! * width, y + stroke[i + 1]! * height, { steps: i === 0 ? 1 : 6 })
      if (i === 0) await page.mouse.down()
    }
    await page.mouse.up()
  }
}

const text = (page: Page, selector: string): Promise<string> => page.locator(selector).innerText()

it('type-checks against the generated declarations', () => {
  const { stdout, error } = spawnSync('tsc', ['--noEmit', '--pretty', 'false', '-p', root], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  expect(error).toBeUndefined()
  // The sources of the package, which it reads too, are checked elsewhere.
  expect(stdout.split('\n').filter((line) => /^playground\b/.test(line))).toEqual([])
}, 120_000)

describe('in the built page', () => {
  it('tells what is drawn, and forgets it when cleared', async () => {
    await withPage(url, async (page) => {
      for (const [digit, ...strokes] of DRAWINGS) {
        await page.keyboard.press('Escape')
        await expect.poll(() => text(page, '#digit')).toBe('–')
        await draw(page, strokes)
        await expect.poll(() => text(page, '#digit'), { message: `a drawn ${digit}` }).toBe(String(digit))
      }
      await page.click('#clear')
      await expect.poll(() => text(page, '#confidence')).toBe('waiting for ink')
    })
  }, 90_000)

  it('draws each digit by its key, and tells it', async () => {
    await withPage(url, async (page) => {
      for (let digit = 0; digit < 10; digit++) {
        await page.keyboard.press(String(digit))
        await expect.poll(() => text(page, '#digit')).toBe(String(digit))
      }
    })
  }, 90_000)

  it('flips the branch with the slider', async () => {
    await withPage(url, async (page) => {
      const slider = page.locator('#shift')
      const marked = (): Promise<string> => page.locator('.line.taken').innerText()
      for (const [mean, branch, line] of [
        ['0.15', 'The else branch ran: the loop went once.', 'loop_count = 1'],
        ['-0.01', 'The if branch ran: the loop went twice.', 'loop_count = 2'],
        ['0.3', 'The else branch ran: the loop went once.', 'loop_count = 1'],
        ['-0.4', 'The if branch ran: the loop went twice.', 'loop_count = 2'],
      ] as const) {
        await slider.fill(mean)
        await expect.poll(() => text(page, '#branch-text'), { message: `mean ${mean}` }).toBe(branch)
        expect((await marked()).trim()).toBe(line)
      }
      // By keyboard too: from below zero to its end above.
      await slider.press('End')
      await expect.poll(() => text(page, '#branch-text')).toContain('once')
    })
  }, 90_000)

  it('compares itself with PyTorch on the test split', async () => {
    await withPage(url, async (page) => {
      await page.click('#check')
      const result = page.locator('#check-result[data-total]')
      await result.waitFor()
      const [right, same, total] = await Promise.all(
        ['right', 'same', 'total'].map(async (name) => Number(await result.getAttribute(`data-${name}`))),
      )
      expect(total).toBe(450)
      expect(same).toBe(450)
      expect(right! / total!).toBeGreaterThanOrEqual(0.97)
      expect(await result.innerText()).toContain("Every answer is PyTorch 2.13.0's.")
    })
  }, 90_000)

  it('shows measured figures only, under a policy that forbids everything else', async () => {
    expect((await fetch(url)).headers.get('content-security-policy')).toContain("default-src 'none'")
    await withPage(url, async (page) => {
      const facts = await Promise.all(['#digits-facts', '#branch-facts'].map((selector) => text(page, selector)))
      for (const fact of facts) {
        expect(fact).not.toContain('…')
        expect(fact).toMatch(/median of 40 calls\s+(< )?\d/)
      }
      expect(facts[1]).toMatch(/\bIf\b[^]*\bLoop\b/)
      expect(await text(page, '#runtime-note')).toMatch(/\d MB of WebAssembly/)
    })
  }, 90_000)
})

describe('opening a model', () => {
  const fixture = (name: string): string => join(REPOSITORY, 'test/fixtures', name)
  const opened = async (page: Page, use: () => Promise<unknown>): Promise<void> => {
    await use()
    await page.waitForSelector('html:is([data-explore=compiled], [data-explore=failed])', { timeout: 60_000 })
  }
  const ran = (page: Page): Promise<unknown> => page.waitForSelector('#run[data-state=done]', { timeout: 60_000 })
  const explored = (page: Page): Promise<unknown> => page.waitForSelector('#steps-panel[data-state=shown]', { timeout: 60_000 })

  it('compiles a chosen file, shows its stages, and computes what PyTorch does', async () => {
    const { cases } = JSON.parse(readFileSync(fixture('lstm-classifier/scripted.json'), 'utf8')) as {
      cases: { inputs: [Leaf]; outputs: Leaf }[]
    }
    await withPage(
      url,
      async (page) => {
        await opened(page, () => page.setInputFiles('#file', fixture('lstm-classifier/scripted.pt')))
        expect(await text(page, '#summary')).toMatch(/LSTM/)
        await explored(page)
        const stages = await text(page, '#steps-panel')
        for (const stage of ['net.py', 'inlined graph', 'lowered', 'declaration']) expect(stages).toContain(stage)
        for (const { inputs, outputs } of cases.slice(0, 3)) {
          const [rows, columns] = (inputs[0] as unknown as { shape: [number, number] }).shape
          const tokens = numbers(inputs[0])
          await page.selectOption('.field select', 'numbers')
          await page.fill(
            '.field textarea',
            JSON.stringify(Array.from({ length: rows }, (_, i) => tokens.slice(i * columns, (i + 1) * columns))),
          )
          await page.evaluate("document.querySelector('#run').dataset.state = ''")
          await page.getByRole('button', { name: 'Run', exact: true }).click()
          await ran(page)
          await page.locator('.results .numbers summary').click()
          const found = (JSON.parse(await text(page, '.results .numbers pre')) as number[][]).flat()
          const expected = numbers(outputs)
          expect(found).toHaveLength(expected.length)
          for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5)
        }
      },
      'explore/',
    )
  }, 120_000)

  it('compiles again without a pass, and compares', async () => {
    await withPage(
      url,
      async (page) => {
        await opened(page, () => page.click('[data-sample=recipe]'))
        await ran(page)
        await page.waitForSelector('.proof-line.good')
        expect(await text(page, '#summary')).not.toContain('BatchNormalization')
        await page.locator('.passes > summary').click()
        await page.locator('[data-pass=CONV_BN_FUSION]').uncheck()
        await expect.poll(() => text(page, '#summary'), { timeout: 60_000 }).toContain('BatchNormalization')
        expect(await text(page, '.project')).toContain("import net from './recipe.pt?blocklist=CONV_BN_FUSION'")
        expect(page.url()).toContain('#sample=recipe&blocklist=CONV_BN_FUSION')
        await explored(page)
        await page.getByRole('button', { name: 'Compare with no passes' }).click()
        await page.waitForSelector('#run[data-compared=done]', { timeout: 60_000 })
        const largest = page.locator('.against-plain')
        expect(Number(await largest.getAttribute('data-largest'))).toBeLessThan(1e-5)
        expect(await page.locator('.proof-line.bad').count()).toBe(0)
      },
      'explore/',
    )
  }, 120_000)

  it('runs a program of JavaScript and regions, from an address', async () => {
    await withPage(
      url,
      async (page) => {
        await ran(page)
        expect(await text(page, '.results')).toContain('"3 words: the,cat,sat"')
        await page.waitForSelector('.proof-line.good')
        await page.evaluate("document.querySelector('#run').dataset.state = ''")
        // The second case goes on from the state that the first leaves.
        await page.selectOption('#golden-case', '1')
        await ran(page)
        expect(await text(page, '.results')).toContain('"6 words: the,dog,sat,on,the,cat"')
        expect(await page.locator('.proof-line.good').count()).toBe(1)
      },
      'explore/#sample=words',
    )
  }, 120_000)

  it('says calmly what a file is that is no model, and goes on', async () => {
    const whole = readFileSync(fixture('digits/model.pt'))
    const file = (name: string, buffer: Buffer): { name: string; mimeType: string; buffer: Buffer } => ({
      name,
      mimeType: 'application/octet-stream',
      buffer,
    })
    await withPage(
      url,
      async (page) => {
        for (const [name, bytes, code] of [
          ['cut.pt', whole.subarray(0, 9000), 'PT1003'],
          ['words.pt', Buffer.from('hello, these are words and no model'), 'PT1026'],
          ['empty.pt', Buffer.alloc(0), 'PT1001'],
        ] as const) {
          await page.setInputFiles('#file', file(name, bytes))
          await expect.poll(() => text(page, '#problems'), { timeout: 60_000 }).toContain(code)
          expect(await text(page, '#problems')).toContain('What helps:')
        }
        await page.setInputFiles('#file', file('digits.pt', whole))
        await page.waitForSelector('html[data-explore=compiled]', { timeout: 60_000 })
        expect(await text(page, '#problems')).toBe('')
        await ran(page)
      },
      'explore/',
    )
  }, 120_000)

  it('takes what is dropped anywhere, and a picture for an input', async () => {
    const bytes = readFileSync(fixture('digits/model.pt')).toString('base64')
    await withPage(
      url,
      async (page) => {
        await opened(page, () =>
          page.evaluate(`
            const files = new DataTransfer()
            files.items.add(new File([Uint8Array.from(atob('${bytes}'), (character) => character.charCodeAt(0))], 'dropped.pt'))
            document.querySelector('.limits').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }))
          `),
        )
        expect(await text(page, '#open')).toContain('dropped.pt')
        await explored(page)
        // The sides that it takes are found by trying.
        await ran(page)
        const sides = page.locator('.shape input')
        expect(await Promise.all([0, 1, 2].map((i) => sides.nth(i).inputValue()))).toEqual(['1', '8', '8'])
        await page.selectOption('.field select', 'picture')
        await page.setInputFiles('.picture-controls input', join(REPOSITORY, 'test/fixtures/image-preprocess/disc.png'))
        await page.evaluate("document.querySelector('#run').dataset.state = ''")
        await page.getByRole('button', { name: 'Run', exact: true }).click()
        await ran(page)
        expect(await text(page, '.results')).toContain('float32[1, 10]')
      },
      'explore/',
    )
  }, 120_000)

  it('can be cancelled, and opens the next', async () => {
    await withPage(
      url,
      async (page) => {
        // The compiler comes late: only once the first compilation is cancelled.
        let arrive = (): void => undefined
        const late = new Promise<void>((resolve) => (arrive = resolve))
        await page.route('**/compile-worker-*.js', async (route) => {
          await late
          await route.continue().catch(() => undefined)
        })
        await page.click('[data-sample=lstm]')
        await page.getByRole('button', { name: 'Cancel' }).click()
        await page.waitForSelector('html[data-explore=cancelled]')
        expect(await text(page, '#job')).toBe('Cancelled.')
        arrive()
        await opened(page, () => page.click('[data-sample=recipe]'))
        expect(await text(page, '#summary')).toContain('recipe.onnx')
        await ran(page)
      },
      'explore/',
    )
  }, 120_000)

  it('lets options be put right that a model does not compile with', async () => {
    await withPage(
      url,
      async (page) => {
        await page.waitForSelector('html[data-explore=failed]', { timeout: 60_000 })
        expect(await text(page, '#problems')).toContain('PT3903')
        await opened(page, () => page.getByRole('button', { name: 'Allow all passes' }).click())
        await page.waitForSelector('html[data-explore=compiled]', { timeout: 60_000 })
        expect(await text(page, '#problems')).toBe('')
        await ran(page)
        // What is being typed stays while the form is drawn anew.
        await page.fill('.declared input', 'float32[n, 3, 8, 8]')
        await page.selectOption('#option-precision', 'int8')
        await expect.poll(() => text(page, '.project'), { timeout: 60_000 }).toContain('precision=int8')
        await page.press('.declared input', 'Enter')
        await expect.poll(() => text(page, '#summary'), { timeout: 60_000 }).toContain('against fp32')
        await expect
          .poll(() => text(page, '.project'), { timeout: 60_000 })
          .toContain("./recipe.pt?precision=int8&input=image=float32[n,3,8,8]'")
        await page.waitForSelector('.proof-line.near, .proof-line.good')
      },
      'explore/#sample=recipe&blocklist=CONV_BN',
    )
  }, 120_000)

  it('runs on WebGPU where the browser has it, else on wasm', async () => {
    const ready = async (page: Page): Promise<string> => {
      await ran(page)
      await page.waitForSelector('.proof-line.good')
      return text(page, '.times-line')
    }
    const path = 'explore/#sample=recipe&device=webgpu'
    await withPage(url, async (page) => expect(await ready(page)).toContain('ready on wasm'), path)
    const withGpu = await launch({ gpu: true })
    try {
      await withPage(url, async (page) => expect(await ready(page)).toContain('ready on webgpu'), path, withGpu)
    } finally {
      await withGpu.close()
    }
  }, 120_000)

  it('offers the three files of a project', async () => {
    await withPage(
      url,
      async (page) => {
        await ran(page)
        for (const [name, start] of [
          ['recipe.onnx', undefined],
          ['recipe.js', '// Generated by unplugin-torch'],
          ['recipe.pt.d.ts', undefined],
        ] as const) {
          const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()])
          expect(download.suggestedFilename()).toBe(name)
          const content = readFileSync(await download.path())
          expect(content.length).toBeGreaterThan(200)
          if (start !== undefined) expect(content.toString()).toContain(start)
        }
      },
      'explore/#sample=recipe',
    )
  }, 120_000)

  it('lets only the worker of models run what was generated, and is no weight of the first page', async () => {
    const policyOf = async (path: string): Promise<string> => (await fetch(new URL(path, url))).headers.get('content-security-policy')!
    const assets = readdirSync(join(folder, 'assets'))
    const scripts = await Promise.all(
      assets.filter((name) => name.endsWith('.js')).map(async (name) => [name, await policyOf(`assets/${name}`)] as const),
    )
    expect(scripts.filter(([, policy]) => policy.includes('blob:')).map(([name]) => name)).toEqual([
      expect.stringMatching(/^run-worker-[\w-]+\.js$/),
    ])
    expect(await policyOf('explore/')).not.toContain('blob:')
    await withPage(url, async (page) => {
      const fetched = await page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
      expect((fetched as string[]).filter((name) => /worker|explore/.test(name))).toEqual([])
    })
  }, 60_000)
})

it('gives PyTorch’s answer for every image of the test split, imported in a page of the dev server', async () => {
  const dev = await createServer({ root, configFile, logLevel: 'silent', server: { port: 0, host: 'localhost' } })
  try {
    await dev.listen()
    const pixels = numbers(golden.images)
    const torch = numbers(golden.predictions)
    const labels = numbers(golden.labels)
    await withPage(dev.resolvedUrls!.local[0]!, async (page) => {
      // As text: a function of this file would have its import rewritten by the test runner.
      const logits = (await page.evaluate(`import('/models/digits.pt').then(async ({ default: digits }) => {
        const { data, dims } = await digits({
          type: 'float32',
          data: Float32Array.from([${pixels.join()}], (count) => count / 16),
          dims: [${torch.length}, 1, 8, 8],
        })
        return { data: [...data], dims }
      })`)) as { readonly data: number[]; readonly dims: number[] }
      expect(logits.dims).toEqual([torch.length, 10])
      const answers = torch.map((_, i) => {
        const row = logits.data.slice(i * 10, i * 10 + 10)
        return row.indexOf(Math.max(...row))
      })
      expect(answers).toEqual(torch)
      expect(answers.filter((digit, i) => digit === labels[i]).length / labels.length).toBeGreaterThanOrEqual(0.97)
    })
  } finally {
    await dev.close()
  }
}, 120_000)
