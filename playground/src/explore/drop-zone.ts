// Where a model comes in: dropped anywhere on the page, picked, or one of the samples. Nothing leaves the page.

import { element } from '../find.ts'
import type { Sample } from './samples.ts'

export interface DropZone {
  opening(name: string): void
  opened(name: string, size: string, sample: string | undefined): void
}

export function dropZone(
  root: HTMLElement,
  samples: readonly Sample[],
  { file: take, sample: takeSample }: { readonly file: (file: File) => void; readonly sample: (sample: Sample) => void },
): DropZone {
  const input = element('input', 'drop-input')
  Object.assign(input, { type: 'file', id: 'file', accept: '.pt,.pth,.ptl,.jit,.pt2' })
  const title = element('span', 'drop-title', 'Drop a ', element('code', '', '.pt'), ' here, or choose one')
  const label = element(
    'label',
    'drop',
    title,
    element('span', 'drop-note', 'TorchScript, as torch.jit.save writes it. It stays on this machine: nothing is uploaded.'),
    input,
  )
  const buttons = samples.map((sample) => {
    const made = element('button', 'sample', element('b', '', sample.title), element('span', '', sample.text))
    made.type = 'button'
    made.dataset['sample'] = sample.id
    made.addEventListener('click', () => takeSample(sample))
    return made
  })
  const group = element('div', 'sample-list', ...buttons)
  group.role = 'group'
  group.ariaLabel = 'Models to begin with'
  root.replaceChildren(label, group)

  input.addEventListener('change', () => {
    const [file] = input.files ?? []
    // The same file can be picked again after it was changed.
    input.value = ''
    if (file !== undefined) take(file)
  })
  let depth = 0
  const over = (by: number): void => {
    depth = Math.max(0, depth + by)
    label.classList.toggle('over', depth > 0)
  }
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false
  addEventListener('dragenter', (event) => hasFiles(event) && over(1))
  addEventListener('dragleave', (event) => hasFiles(event) && over(-1))
  addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault())
  addEventListener('drop', (event) => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth = 0
    over(0)
    const [file] = event.dataTransfer!.files
    if (file !== undefined) take(file)
  })

  const name = (...parts: readonly (Node | string)[]): void => {
    title.replaceChildren(...parts)
    label.classList.add('used')
  }
  return {
    opening: (file) => name(`opening ${file}…`),
    opened(file, size, sample) {
      name(element('code', '', file), ` · ${size}`, element('span', 'drop-other', 'another one'))
      for (const made of buttons) made.ariaPressed = String(made.dataset['sample'] === sample)
    },
  }
}
