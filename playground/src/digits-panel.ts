// Draw a digit: the sheet, the answer as one draws, and the comparison with PyTorch on the test images.

import digits from '../models/digits.pt'
import { colour, element, find, onTheme } from './find.ts'
import { milliseconds, percent } from './format.ts'
import { handwritten } from './handwriting.ts'
import { GRID, inkOf, type Stroke } from './ink.ts'
import { largest } from './largest.ts'
import { latest } from './latest.ts'
import { modelFacts } from './model-facts.ts'
import { paintInk, paintMosaic } from './pixels.ts'
import { sketchPad } from './sketch-pad.ts'
import { measure } from './timings.ts'

const PLAY_MS = 900
const CLASSES = 10
const FIRST = 5

/** Shows the panel and measures its model. Resolves when the model is ready. */
export async function digitsPanel(failed: (error: unknown) => void): Promise<void> {
  const show = verdict()
  const seen = find('seen', HTMLCanvasElement)
  const hint = find('sheet-hint', HTMLElement)
  const clear = find('clear', HTMLButtonElement)
  let ink = new Float32Array(GRID * GRID)
  const paintSeen = (): void => paintInk(seen, ink, colour('ink'))
  onTheme(paintSeen)

  const ask = latest(async (strokes: readonly Stroke[]) => {
    ink = inkOf(strokes)
    paintSeen()
    hint.classList.toggle('gone', strokes.length > 0)
    clear.disabled = strokes.length === 0
    if (strokes.length === 0) return show(undefined)
    const logits = await digits({ type: 'float32', data: ink, dims: [1, 1, GRID, GRID] })
    show(softmax(logits.data))
  }, failed)

  const pad = sketchPad(find('sheet', HTMLCanvasElement), ask)
  clear.addEventListener('click', () => pad.clear())
  const play = (digit: number): void => pad.play(handwritten(digit), matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : PLAY_MS)
  sampleKeys(play, pad.clear)
  checkButton(failed)

  const facts = modelFacts('digits-facts', 'digits', 'digits.pt', 'load, runtime included')
  const example = { type: 'float32', data: inkOf(handwritten(2)), dims: [1, 1, GRID, GRID] } as const
  facts(
    await measure(
      () => digits.load(),
      () => digits(example),
    ),
  )
  // A sheet that nobody has touched yet shows what it is for.
  if (pad.isEmpty()) play(FIRST)
}

/** A row of buttons, and the same keys everywhere on the page. */
function sampleKeys(play: (digit: number) => void, clear: () => void): void {
  const row = document.querySelector('.samples')!
  for (let digit = 0; digit < CLASSES; digit++) {
    const button = element('button', '', String(digit))
    button.type = 'button'
    button.setAttribute('aria-label', `Draw a ${digit}`)
    button.addEventListener('click', () => play(digit))
    row.append(button)
  }
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    if (/^\d$/.test(event.key)) play(Number(event.key))
    else if (event.key === 'Escape') clear()
  })
}

/** The big digit, its confidence and the ten bars; undefined for an empty sheet. */
function verdict(): (shares: readonly number[] | undefined) => void {
  const digit = find('digit', HTMLOutputElement)
  const confidence = find('confidence', HTMLElement)
  const group = find('bars', HTMLElement)
  const bars = Array.from({ length: CLASSES }, (_, i) => element('span', 'bar', element('i'), String(i)))
  group.append(...bars)
  const show = (shares: readonly number[] | undefined): void => {
    const top = shares === undefined ? -1 : largest(shares)
    const text = shares === undefined ? '–' : String(top)
    // Announced only when it changes.
    if (digit.textContent !== text) digit.textContent = text
    digit.classList.toggle('idle', shares === undefined)
    confidence.textContent = shares === undefined ? 'waiting for ink' : `${percent(shares[top]!)} sure`
    group.setAttribute(
      'aria-label',
      shares === undefined ? 'Probability of each digit' : shares.map((p, i) => `${i}: ${percent(p)}`).join(', '),
    )
    for (const [i, bar] of bars.entries()) {
      bar.classList.toggle('top', i === top)
      bar.style.setProperty('--p', String(shares?.[i] ?? 0))
    }
  }
  show(undefined)
  return show
}

function checkButton(failed: (error: unknown) => void): void {
  const button = find('check', HTMLButtonElement)
  const mosaic = find('mosaic', HTMLCanvasElement)
  const result = find('check-result', HTMLElement)
  let repaint = (): void => {}
  onTheme(() => repaint())
  const check = async (): Promise<void> => {
    const { compareWithTorch } = await import('./test-split.ts')
    const start = performance.now()
    const { images, predictions, labels, torch, torchVersion } = await compareWithTorch(digits)
    const took = performance.now() - start
    const wrong = new Set(labels.flatMap((label, i) => (predictions[i] === label ? [] : [i])))
    const same = predictions.filter((digit, i) => digit === torch[i]).length
    const right = labels.length - wrong.size
    result.replaceChildren(
      `${right} of ${labels.length} right, ${percent(right / labels.length)}, in ${milliseconds(took)}. `,
      element(
        'b',
        '',
        same === labels.length ? `Every answer is PyTorch ${torchVersion}'s.` : `${same} answers are PyTorch ${torchVersion}'s.`,
      ),
    )
    Object.assign(result.dataset, { right, same, total: labels.length })
    repaint = () =>
      paintMosaic(mosaic, images, wrong, {
        side: GRID,
        columns: mosaic.parentElement!.clientWidth < 700 ? 25 : 50,
        ink: colour('ink'),
        mark: colour('accent'),
      })
    mosaic.hidden = false
    repaint()
  }
  button.addEventListener('click', () => {
    button.disabled = true
    void check()
      .catch(failed)
      .finally(() => (button.disabled = false))
  })
}

function softmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits)
  const top = Math.max(...values)
  const powers = values.map((value) => Math.exp(value - top))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}
