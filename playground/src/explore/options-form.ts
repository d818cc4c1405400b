// The options of a model: what is chosen compiles again. Passes are the ones that the report names, each with its sentence.

import { element } from '../find.ts'
import { highlightInline } from '../highlight.ts'
import { configText, importLine, parseDeclared, VALUES, type ChoiceKey, type Choices } from './choices.ts'
import { button, onCommit, select } from './controls.ts'
import type { PlainReport } from './messages.ts'

const LABELS: Readonly<Record<ChoiceKey, readonly [name: string, help: string, ...values: string[]]>> = {
  mode: ['Capture', 'Script keeps control flow; trace follows one example', 'auto', 'script', 'trace'],
  precision: ['Weights', 'How weights are stored; the report has the error', 'fp32', 'fp16', 'int8', 'int4 blocks'],
  device: ['Device', 'Where it runs, and so which kernels operators may become', 'wasm', 'webgpu'],
  controlFlow: ['Control flow', 'In the graph, or as JavaScript that a debugger can step through', 'in the graph', 'as JavaScript'],
}

/** What is chosen may have been changed since the form was drawn. */
export type Change = (update: (now: Choices) => Choices) => void

export interface OptionsForm {
  /** Another model: nothing is known of its inputs. */
  forget(): void
  /** The form for a compiled model. The passes of a model that failed are those of the last that did not. */
  show(file: string, choices: Choices, report: PlainReport | undefined): void
}

export function optionsForm(root: HTMLElement, change: Change): OptionsForm {
  let known: PlainReport | undefined
  return {
    forget: () => (known = undefined),
    show(file, choices, report) {
      known = report ?? known
      const active = root.contains(document.activeElement) ? document.activeElement : null
      const focus = active?.getAttribute('data-focus')
      const typed = isTextBox(active) ? active.value : undefined
      const isOpen = root.querySelector<HTMLDetailsElement>('.passes')?.open ?? false
      root.replaceChildren(
        element('h2', '', 'Change it'),
        element('div', 'choices', ...(Object.keys(VALUES) as ChoiceKey[]).map((key) => choice(key, choices, change))),
        ...(known === undefined
          ? [
              declaredByName(choices, change),
              ...(choices.blocklist.length === 0 ? [] : [button('Allow all passes', 'plain allow', () => change(allowAll))]),
            ]
          : known.inputs.length === 0
            ? []
            : [declaredInputs(known, choices, change)]),
        ...(known === undefined ? [] : [passList(known, choices, isOpen, change)]),
        projectLines(file, choices),
      )
      // What was being used is there again.
      const again = focus ? root.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focus)}"]`) : null
      if (typed !== undefined && isTextBox(again)) again.value = typed
      again?.focus()
    },
  }
}

const isTextBox = (box: Element | null): box is HTMLInputElement | HTMLTextAreaElement =>
  box instanceof HTMLTextAreaElement || (box instanceof HTMLInputElement && box.type === 'text')

function choice(key: ChoiceKey, choices: Choices, change: Change): HTMLElement {
  const [name, help, ...texts] = LABELS[key]
  const control = select(
    name,
    VALUES[key].map((value, i) => [value, texts[i]!]),
  )
  control.value = choices[key]
  control.dataset['focus'] = key
  control.id = `option-${key}`
  control.addEventListener('change', () => change((now) => ({ ...now, [key]: control.value })))
  return element('label', 'choice', element('span', 'choice-name', name), control, element('small', '', help))
}

function declaredInputs({ inputs }: PlainReport, choices: Choices, change: Change): HTMLElement {
  const rows = inputs.map(({ name, dtype, dims, known }) => {
    const box = element('input', 'text')
    const placeholder = `${dtype}${dims === undefined ? '[any shape]' : `[${dims.map((dim) => (dim === null ? '?' : String(dim))).join(', ')}]`}`
    Object.assign(box, { type: 'text', value: choices.inputs.get(name) ?? '', placeholder, spellcheck: false })
    box.dataset['focus'] = `input ${name}`
    onCommit(box, box.value, (typed) => {
      const text = typed.trim()
      const isRight = text === '' || parseDeclared(text) !== undefined
      box.ariaInvalid = String(!isRight)
      note.textContent = isRight ? (known ?? '') : 'expected a dtype and a shape, such as float32[n, 3, 64, 64]'
      if (!isRight) return
      change((now) => {
        const declared = new Map(now.inputs)
        if (text === '') declared.delete(name)
        else declared.set(name, text)
        return { ...now, inputs: declared }
      })
    })
    const note = element('small', '', known ?? '')
    return element('label', 'declared', element('code', '', name), box, note)
  })
  return element(
    'fieldset',
    'declared-inputs',
    element('legend', '', 'Inputs'),
    element('p', 'note-small', 'A declared shape lets more be decided at build time. Names are sizes that stay open.'),
    ...rows,
  )
}

const allowAll = (now: Choices): Choices => ({ ...now, blocklist: [] })

/** Of a model that did not compile nobody knows the inputs but the reader. */
function declaredByName(choices: Choices, change: Change): HTMLElement {
  const box = element('textarea')
  const value = Array.from(choices.inputs, ([name, text]) => `${name}=${text}`).join('\n')
  Object.assign(box, { rows: 2, value, spellcheck: false, placeholder: 'x=float32[n, 3, 224, 224]', ariaLabel: 'Declared inputs' })
  box.dataset['focus'] = 'inputs'
  const note = element('small', 'note-small', 'One a line. Names of sizes stay open.')
  onCommit(box, value, (text) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '')
    const declared = lines.map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()] as const)
    const isRight = declared.every(([name, type]) => name !== '' && parseDeclared(type) !== undefined)
    box.ariaInvalid = String(!isRight)
    note.textContent = isRight ? '' : 'expected a name, a dtype and a shape, such as x=float32[n, 3, 224, 224]'
    if (isRight) change((now) => ({ ...now, inputs: new Map(declared) }))
  })
  return element('fieldset', 'declared-inputs', element('legend', '', 'Inputs, where the model does not tell'), box, note)
}

function passList({ passes }: PlainReport, choices: Choices, isOpen: boolean, change: Change): HTMLElement {
  const blocked = new Set(choices.blocklist)
  const toggle = (names: readonly string[], on: boolean): void =>
    change((now) => {
      const next = new Set(now.blocklist)
      for (const name of names) {
        if (on) next.delete(name)
        else next.add(name)
      }
      return { ...now, blocklist: [...next].toSorted() }
    })
  const byType = new Map(
    passes.flatMap(({ type }) => (type === undefined ? [] : [[type, passes.filter((pass) => pass.type === type)] as const])),
  )
  const row = (name: string, doc: string, applied: number, isType: boolean, missed: readonly string[]): HTMLElement => {
    const box = element('input')
    Object.assign(box, { type: 'checkbox', checked: !blocked.has(name) })
    box.dataset['focus'] = `pass ${name}`
    box.dataset['pass'] = name
    box.addEventListener('change', () => toggle([name], box.checked))
    const tags = applied === 0 ? [] : [element('span', 'chip control', applied === 1 ? 'applied' : `applied × ${applied}`)]
    return element(
      'li',
      isType ? 'pass type' : 'pass',
      element('label', '', box, element('code', '', name), ...tags),
      element('p', '', doc),
      ...missed.map((reason) => element('p', 'missed', reason)),
    )
  }
  const applied = passes.filter(({ changes }) => changes > 0).length
  const details = element(
    'details',
    'passes',
    element(
      'summary',
      '',
      element('b', '', 'Passes'),
      ` · ${applied} of ${passes.length} applied${blocked.size === 0 ? '' : `, ${blocked.size} blocked`}`,
    ),
    element(
      'div',
      'passes-all',
      button('Block all', 'plain', () =>
        toggle(
          passes.map(({ name }) => name),
          false,
        ),
      ),
      button('Allow all', 'plain', () => change(allowAll)),
    ),
    element('h4', '', "By PyTorch's names"),
    element(
      'ul',
      '',
      ...Array.from(byType, ([type, members]) =>
        row(
          type,
          `Switches ${members.map(({ name }) => name).join(', ')}.`,
          members.reduce((sum, { changes }) => sum + changes, 0),
          true,
          [],
        ),
      ),
    ),
    element('h4', '', 'One by one, those that applied first'),
    element(
      'ul',
      '',
      ...passes
        .toSorted((a, b) => Number(b.changes > 0) - Number(a.changes > 0))
        .map(({ name, doc, changes, missed }) =>
          row(
            name,
            doc,
            changes,
            false,
            missed.map(({ reason, count }) => `not applied${count === 1 ? '' : ` ${count} times`}: ${reason}`),
          ),
        ),
    ),
  )
  details.open = isOpen
  return details
}

/** What a project needs to have the same. */
function projectLines(file: string, choices: Choices): HTMLElement {
  const line = importLine(file, choices)
  const config = configText(file, choices)
  return element(
    'div',
    'project',
    element('h3', '', 'In your project'),
    copyable(line, 'the import'),
    element(
      'p',
      'note-small',
      line.includes('?') ? 'Either the query above, or these lines of configuration:' : 'With this configuration:',
    ),
    copyable(config, 'the configuration'),
  )
}

function copyable(text: string, what: string): HTMLElement {
  const copy = button('Copy', 'plain copy', () => {
    void navigator.clipboard.writeText(text).then(
      () => (copy.textContent = 'Copied'),
      () => (copy.textContent = 'Select it'),
    )
  })
  copy.ariaLabel = `Copy ${what}`
  return element('div', 'copyable', element('pre', 'lines', element('code', '', ...highlightInline(text, 'ts'))), copy)
}
