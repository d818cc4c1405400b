// Runs the model: arguments from a form, its results beside, how long it took, whether PyTorch says the same, and whether it says the same without
// its passes.

import { element } from '../find.ts'
import { milliseconds } from '../format.ts'
import { button, select } from './controls.ts'
import { paramField, type Field } from './fields.ts'
import type { Golden, GoldenCase } from './golden.ts'
import type { CallResult, CompiledModel, OpenResult } from './messages.ts'
import { isTensor } from './plain-tensor.ts'
import { proofLine } from './proof-line.ts'
import { resultView } from './result-view.ts'
import { runFailure } from './run-failure.ts'
import type { Runner } from './runner.ts'
import { likelySides, Sizes } from './sizes.ts'

export interface RunPanel {
  /** Another model, or the same one anew: what was entered stays where it still fits. `golden`: PyTorch's answers. */
  show(model: CompiledModel, golden: Golden | undefined): Promise<void>
  /** Sizes of dynamic dims that the model's layers imply; a model without answered cases runs with them at once. */
  imply(sizes: ReadonlyMap<string, number>): void
  clear(): void
}

/** `plain` compiles the same model without the passes that can be left out. */
export function runPanel(root: HTMLElement, runner: Runner, plain: () => Promise<CompiledModel>): RunPanel {
  let form: Form | undefined
  let generation = 0
  return {
    clear() {
      generation++
      form = undefined
      root.replaceChildren()
    },
    imply(implied) {
      form?.imply(implied)
    },
    async show(model, golden) {
      generation++
      const own = generation
      const same =
        form !== undefined && JSON.stringify(form.model.signatures.map(shapeOf)) === JSON.stringify(model.signatures.map(shapeOf))
      form = same ? form! : makeForm(root, model, golden, runner, plain)
      const current = form
      const again = current.hasRun
      current.open(model)
      await current.ready.catch((error: unknown) => own === generation && current.failed(error))
      if (own === generation && (current.runsAtOnce || again)) await current.run()
    },
  }
}

const shapeOf = ({ name, params }: CompiledModel['signatures'][number]): unknown => [name, params]

interface Called {
  readonly calls: readonly (readonly unknown[])[]
  readonly result: CallResult
}

interface Form {
  model: CompiledModel
  /** Settles when the model can be called. */
  ready: Promise<OpenResult>
  open(model: CompiledModel): void
  readonly runsAtOnce: boolean
  hasRun: boolean
  imply(sizes: ReadonlyMap<string, number>): void
  /** Where the sizes that are entered are none that the model takes, those of `tries` are tried. */
  run(tries?: readonly ReadonlyMap<string, number>[]): Promise<void>
  failed(error: unknown): void
}

/** A bigger graph is not run before it is asked for. */
const RUN_AT_ONCE = 20e6

function makeForm(
  root: HTMLElement,
  model: CompiledModel,
  golden: Golden | undefined,
  runner: Runner,
  plain: () => Promise<CompiledModel>,
): Form {
  const sizes = new Sizes()
  const methods = model.signatures.map(({ name }) => name)
  const method = select(
    'Method',
    methods.map((name) => [name, `${name}()`]),
  )
  const cases = (golden?.cases ?? []).filter((one) => fits(one, model))
  const answered = select('PyTorch’s cases', [
    ['', 'inputs of your own'],
    ...cases.map(({ name }, i): [string, string] => [String(i), caseName(name, i)]),
  ])
  answered.id = 'golden-case'
  const inputs = element('div', 'fields')
  const results = element('div', 'results')
  results.ariaLive = 'polite'
  const proof = element('div', 'proofs')
  const times = element('p', 'times-line')
  let fields: readonly Field[] = []
  let chosen: GoldenCase | undefined
  let touched = false
  let plainIsOpen = false
  let runs = 0
  let last: Called | undefined

  const showMethod = (): void => {
    const { params } = form.model.signatures.find(({ name }) => name === method.value)!
    fields = params.map((param) => paramField(param, sizes))
    inputs.replaceChildren(
      ...(params.length === 0 ? [element('p', 'note-small', 'It takes no arguments.')] : fields.map((field) => field.element)),
    )
  }
  const choose = (index: string): void => {
    chosen = index === '' ? undefined : cases[Number(index)]
    answered.value = index
    if (chosen === undefined) return
    if (method.value !== chosen.method) {
      method.value = chosen.method
      showMethod()
    }
    chosen.inputs.forEach((value, i) => fields[i]?.set(value))
  }

  const callsOf = (): readonly (readonly unknown[])[] => {
    if (chosen === undefined) return [fields.map((field) => field.read())]
    if (golden?.sequence !== true) return [chosen.inputs]
    return cases.slice(0, cases.indexOf(chosen) + 1).map((one) => one.inputs)
  }

  const callOnce = async (): Promise<Called> => {
    const calls = callsOf()
    return { calls, result: await runner.call('shown', method.value, calls, golden?.sequence !== true) }
  }
  /** With the sizes that are entered, else with the first of `tries` that the model takes. */
  const fitting = async (tries: readonly ReadonlyMap<string, number>[]): Promise<Called> => {
    const entered = sizes.snapshot()
    try {
      return await callOnce()
    } catch (error) {
      for (const sides of tries) {
        for (const [name, size] of sides) sizes.set(name, size)
        const called = await callOnce().catch(() => undefined)
        if (called !== undefined) return called
      }
      for (const [name, size] of entered) sizes.set(name, size)
      throw error
    }
  }

  const form: Form = {
    model,
    ready: Promise.resolve({ milliseconds: 0, device: '' }),
    open(next) {
      form.model = next
      plainIsOpen = false
      form.ready = runner.open('shown', next)
      // Told where it is waited for.
      form.ready.catch(() => undefined)
    },
    runsAtOnce: cases.length > 0 && model.graph.length <= RUN_AT_ONCE,
    hasRun: false,
    imply(implied) {
      // What has been entered, or answered, is not changed any more.
      if (form.hasRun || form.runsAtOnce || touched) return
      for (const [name, size] of implied) sizes.set(name, size)
      if (form.model.graph.length <= RUN_AT_ONCE) void form.run(likelySides(form.model.signatures[0]!.params))
    },
    async run(tries = []) {
      form.hasRun = true
      const own = ++runs
      root.dataset['state'] = 'running'
      proof.replaceChildren()
      stop.hidden = false
      go.disabled = compare.disabled = true
      try {
        const { milliseconds: opened, device } = await form.ready
        const { calls, result } = await fitting(tries)
        if (own !== runs) return
        last = { calls, result }
        results.replaceChildren(resultView(result.value))
        const { first, median, runs: count } = result
        times.textContent =
          `ready on ${device} in ${milliseconds(opened)} · first call ${milliseconds(first)}` +
          (median === undefined ? '' : ` · median of ${count} more ${milliseconds(median)}`)
        if (chosen !== undefined)
          proof.append(
            proofLine(
              `PyTorch ${golden!.torch}, on the same numbers`,
              result.value,
              chosen.output,
              form.model.report.precision !== undefined,
            ),
          )
        root.dataset['state'] = 'done'
      } catch (error) {
        if (own === runs) form.failed(error)
      } finally {
        if (own === runs) {
          stop.hidden = true
          go.disabled = compare.disabled = false
        }
      }
    },
    failed(error) {
      times.textContent = ''
      results.replaceChildren(runFailure(error))
      root.dataset['state'] = 'failed'
    },
  }

  const go = element('button', 'primary', 'Run')
  go.type = 'submit'
  const stop = button('Stop', 'plain', () => {
    runner.stop('Stopped. The model is opened again for the next run.')
    form.open(form.model)
  })
  stop.hidden = true
  const compare = button('Compare with no passes', 'plain', async () => {
    compare.disabled = true
    root.dataset['compared'] = 'waiting'
    try {
      if (last === undefined) await form.run()
      if (last === undefined) return
      if (!plainIsOpen) {
        const without = await plain()
        await runner.open('plain', without)
        plainIsOpen = true
        compare.dataset['nodes'] = String(Object.values(without.report.operators).reduce((sum, n) => sum + n, 0))
        compare.dataset['bytes'] = String(without.report.bytesOut)
      }
      const isSequence = golden?.sequence === true
      const other = await runner.call('plain', method.value, last.calls, false)
      proof.querySelector('.against-plain')?.remove()
      const line = proofLine(`The same model without passes (${compare.dataset['nodes']} nodes)`, last.result.value, other.value, false)
      line.classList.add('against-plain')
      if (!isSequence) {
        const { shown, plain: without } = await runner.race(method.value, last.calls.at(-1)!)
        const ratio = without / shown
        const faster = ratio > 1.05 ? `, ${ratio.toFixed(1)} × as fast` : ratio < 0.95 ? `, ${(1 / ratio).toFixed(1)} × as long` : ''
        line.append(
          element('span', 'proof-time', ` · ${milliseconds(shown)} a call at best, ${milliseconds(without)} without passes${faster}`),
        )
      }
      proof.append(line)
      root.dataset['compared'] = 'done'
    } catch (error) {
      proof.append(element('p', 'proof-line bad', `Without passes: ${error instanceof Error ? error.message : String(error)}`))
      root.dataset['compared'] = 'failed'
    } finally {
      compare.disabled = false
    }
  })

  method.addEventListener('change', () => {
    choose('')
    showMethod()
  })
  answered.addEventListener('change', () => {
    choose(answered.value)
    void form.run()
  })
  for (const event of ['input', 'change'])
    inputs.addEventListener(event, () => {
      touched = true
      choose('')
    })
  const entered = element('form', 'run-form')
  entered.addEventListener('submit', (event) => {
    event.preventDefault()
    void form.run()
  })
  entered.append(
    element('h2', '', 'Run it'),
    ...(methods.length > 1 ? [method] : []),
    ...(cases.length > 0 ? [element('label', 'choice', element('span', 'choice-name', "Inputs of PyTorch's own cases"), answered)] : []),
    inputs,
    element('div', 'run-buttons', go, stop, compare),
  )
  showMethod()
  if (cases.length > 0) choose('0')
  root.replaceChildren(entered, element('div', 'run-results', element('h3', '', 'Result'), results, times, proof))
  return form
}

/** Tensors of other ranks than the model takes: a declaration, or what is assumed of an input, excludes them. */
function fits({ method, inputs }: GoldenCase, { signatures }: CompiledModel): boolean {
  const params = signatures.find(({ name }) => name === method)?.params
  return (
    params !== undefined &&
    inputs.every((value, i) => {
      const spec = params[i]?.spec
      return spec?.kind !== 'tensor' || spec.dims === undefined || !isTensor(value) || spec.dims.length === value.dims.length
    })
  )
}

const caseName = (name: string, index: number): string => (/^\d+$/.test(name) ? `case ${index + 1}` : name)
