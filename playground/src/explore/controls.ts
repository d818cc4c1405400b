// Small controls with accessible names.

import { element } from '../find.ts'

export function select(name: string, options: readonly (readonly [value: string, text: string])[]): HTMLSelectElement {
  const made = element(
    'select',
    '',
    ...options.map(([value, text]) => {
      const option = element('option', '', text)
      option.value = value
      return option
    }),
  )
  made.ariaLabel = name
  return made
}

export function numberInput(name: string, value: number, min: number): HTMLInputElement {
  const made = element('input', 'number')
  Object.assign(made, { type: 'number', min: String(min), step: '1', value: String(value), ariaLabel: name })
  return made
}

export const labelled = (text: string, control: HTMLElement): HTMLElement => element('label', 'labelled', `${text} `, control)

export function button(text: string, className: string, click: () => void): HTMLButtonElement {
  const made = element('button', className, text)
  made.type = 'button'
  made.addEventListener('click', click)
  return made
}

/** What was typed is taken when the box is left, and by Enter in a line; also when another box has taken its place meanwhile, with the same text. */
export function onCommit(box: HTMLInputElement | HTMLTextAreaElement, known: string, task: (text: string) => void): void {
  let taken = known
  const commit = (): void => {
    if (!box.isConnected || box.value === taken) return
    taken = box.value
    task(box.value)
  }
  box.addEventListener('blur', commit)
  box.addEventListener('keydown', (event) => {
    if ((event as KeyboardEvent).key === 'Enter' && box instanceof HTMLInputElement) commit()
  })
}

/** Offers `parts` as a file. */
export function download(name: string, parts: readonly BlobPart[], type: string): void {
  const link = element('a')
  link.href = URL.createObjectURL(new Blob([...parts], { type }))
  link.download = name
  link.click()
  // The browser has taken it over by the time that it is back.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
