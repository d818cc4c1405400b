// What the compiler is doing, with a bar and a way out.

import { element } from '../find.ts'
import { button } from './controls.ts'

const STAGES: Readonly<Record<string, string>> = {
  open: 'opening the file',
  read: 'reading the archive',
  parse: 'compiling its TorchScript',
  passes: 'passes over the graph',
  lower: 'lowering to ONNX',
  encode: 'writing the model',
  hash: 'hashing',
  loader: 'writing the loader',
  explore: 'laying out the steps',
}
/** A file that takes longer than a moment. */
const BIG = 50e6

export interface ProgressLine {
  start(bytes: number): void
  progress(stage: string, fraction: number): void
  done(): void
  say(text: string): void
}

export function progressLine(root: HTMLElement, cancel: () => void): ProgressLine {
  const bar = element('progress')
  Object.assign(bar, { max: 1, value: 0, ariaLabel: 'Compilation' })
  const text = element('span', 'job-text')
  text.role = 'status'
  const line = element('div', 'job-line', bar, text, button('Cancel', 'plain', cancel))
  let note = ''
  return {
    start(size) {
      note = size > BIG ? ' A file of this size takes some seconds, and about four times its size in memory.' : ''
      bar.value = 0
      text.textContent = `starting the compiler…${note}`
      root.replaceChildren(line)
    },
    progress(stage, fraction) {
      bar.value = fraction
      text.textContent = `${STAGES[stage] ?? stage}…${note}`
    },
    done: () => root.replaceChildren(),
    say: (what) => root.replaceChildren(element('p', 'job-text', what)),
  }
}
