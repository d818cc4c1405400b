// Flip a branch: ControlFlowNet on a picture whose mean the slider sets; its source with the path that ran.

import source from '../../test/fixtures/control-flow-net/net.py?raw'
import net from '../models/control-flow-net.pt'
import { element, find } from './find.ts'
import { milliseconds, signed } from './format.ts'
import { highlight } from './highlight.ts'
import { latest } from './latest.ts'
import { modelFacts } from './model-facts.ts'
import { observe, type Observation } from './passes.ts'
import { picture, SIDE } from './picture.ts'
import { paintActivations, paintPicture } from './pixels.ts'
import { measure } from './timings.ts'

/** Shows the panel and measures its model. Resolves when the first picture went through. */
export async function branchPanel(failed: (error: unknown) => void): Promise<void> {
  const facts = modelFacts('branch-facts', 'net', 'control-flow-net.pt', 'load')
  const slider = find('shift', HTMLInputElement)
  const lines = sourceLines()
  const example = { type: 'float32', data: picture(-0.2), dims: [1, 3, SIDE, SIDE] } as const
  const timings = await measure(
    () => net.load(),
    () => net(example),
  )

  const ask = latest(async (mean: number) => {
    const x = picture(mean)
    find('mean', HTMLOutputElement).textContent = signed(mean)
    paintPicture(find('film-input', HTMLCanvasElement), x)
    show(await observe(net, x), lines, mean)
  }, failed)
  slider.addEventListener('input', () => ask(slider.valueAsNumber))
  ask(slider.valueAsNumber)
  facts(timings)
}

function show({ passes, images, distances, time }: Observation, lines: readonly HTMLElement[], mean: number): void {
  for (const [i, image] of images.entries()) paintActivations(find(`film-${i + 1}`, HTMLCanvasElement), image)
  const figures = ['film-1', 'film-2'].map((id) => find(id, HTMLCanvasElement).closest('figure')!)
  figures.forEach((figure, i) => {
    figure.classList.toggle('output', i + 1 === passes)
    figure.classList.toggle('unused', i + 1 > passes)
    figure.lastElementChild!.textContent = i + 1 === passes ? 'output' : i + 1 > passes ? 'not run' : `pass ${i + 1}`
  })
  find('arrow-2', HTMLElement).classList.toggle('unused', passes === 1)
  find('branch-text', HTMLOutputElement).replaceChildren(
    `The ${passes === 2 ? 'if' : 'else'} branch ran: the loop went `,
    element('b', '', passes === 2 ? 'twice' : 'once'),
    '.',
  )
  const [near, far] = [distances[passes - 1]!, distances[2 - passes]!]
  find('proof', HTMLElement).textContent =
    `How do we know? From outputs alone. This one is ${near === 0 ? 'bit for bit' : `within ${near.toExponential(0)} of`} ` +
    `what ${passes === 1 ? 'one pass gives' : 'two passes give'}, and up to ${far.toPrecision(2)} away from ${passes === 1 ? 'two' : 'one'}. The call took ${milliseconds(time)}.`
  markPath(lines, passes, mean)
}

const CONDITION = 'if avg.item() < 0:'
const TWICE = 'loop_count = 2'
const ONCE = 'loop_count = 1'
const LOOP = 'for _ in range(loop_count):'

function markPath(lines: readonly HTMLElement[], passes: 1 | 2, mean: number): void {
  for (const line of lines) {
    const text = line.textContent.trim()
    line.classList.toggle('taken', text === (passes === 2 ? TWICE : ONCE))
    line.classList.toggle('skipped', text === (passes === 2 ? ONCE : TWICE))
    if (text === CONDITION) line.dataset['times'] = `${signed(mean)} < 0 is ${passes === 2 ? 'True' : 'False'}`
    if (text === LOOP) line.dataset['times'] = `× ${passes}`
  }
}

/** The two `forward`s of the file that the model was scripted from. */
function sourceLines(): readonly HTMLElement[] {
  const code = find('source', HTMLPreElement)
  const [, ...classes] = source.trimEnd().split(/^(?=class )/m)
  const forwards = classes.map((text) => {
    const [head] = text.split('\n')
    return [head!, `    ...\n${text.slice(text.indexOf('    def forward')).trimEnd()}`].join('\n')
  })
  const lines = highlight(forwards.join('\n\n'), 'python')
  code.replaceChildren(element('code', '', ...lines))
  return lines
}
