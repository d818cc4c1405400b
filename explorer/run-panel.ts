// Runs the model in the page that it stands in: the generated module, with onnxruntime beside it, nothing asked for from elsewhere.

import type { Exploration } from '../src/compiler/explore/types.ts'
import { button, el, section, shortened } from './dom.ts'
import { milliseconds } from './format.ts'
import type { NoRunData, RunData } from '../src/cli/page-data.ts'
import { argumentField, type ArgumentField } from './run-fields.ts'
import { resultView } from './run-result.ts'

type Method = (...values: unknown[]) => Promise<unknown>
/** `forward`, and the other methods by name. */
type Generated = Method & {
  readonly load: () => Promise<void>
  readonly dispose: () => Promise<void>
  readonly methods: Readonly<Record<string, Method>>
}
interface OnnxRuntime {
  readonly env: { readonly wasm: { numThreads?: number; wasmBinary?: ArrayBufferLike } }
}

/** Calls that a time is the middle of, and milliseconds that they may take together. */
const RUNS = 20
const BUDGET = 800

export function runPanel(root: HTMLElement, data: RunData | NoRunData, { cost }: Exploration): () => void {
  if ('reason' in data) {
    root.append(el('p', 'empty', data.reason))
    return () => undefined
  }
  const sizes = new Map((cost?.sizes ?? []).map(({ name, size }) => [name, size]))
  let opened: Promise<Generated> | undefined
  const open = (): Promise<Generated> => (opened ??= load(data))
  const method = el('select')
  for (const { name } of data.signatures) method.append(new Option(`${shortened(name, 80)}()`, name))
  const form = el('form', 'run-form')
  const results = el('div', 'results')
  results.ariaLive = 'polite'
  let fields: readonly ArgumentField[] = []
  const show = (): void => {
    const signature = data.signatures.find(({ name }) => name === method.value)
    fields = (signature?.params ?? []).map((param) => argumentField(param, sizes))
    const go = button('Run', 'plain primary', () => undefined)
    go.type = 'submit'
    form.replaceChildren(
      ...(data.signatures.length > 1 ? [el('label', 'field', el('span', 'field-name', 'method'), method)] : []),
      ...fields.map((field) => field.root),
      go,
    )
  }
  method.addEventListener('change', show)
  show()
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void call()
  })
  const keepsState = (): boolean => data.signatures.some(({ state }) => state !== undefined)
  const call = async (): Promise<void> => {
    results.replaceChildren(el('p', 'soft', 'Running …'))
    results.dataset['state'] = 'running'
    try {
      // So that the page shows it before the thread is busy.
      await new Promise((resolve) => setTimeout(resolve, 20))
      const values = fields.map((field) => field.read())
      const start = performance.now()
      const model = await open()
      const ready = performance.now() - start
      const run = model.methods[method.value] ?? model
      const [value, first] = await timed(() => run(...values))
      const times: number[] = []
      // Calls of what keeps state are counted.
      for (let spent = keepsState() ? BUDGET : first; times.length < RUNS && spent < BUDGET;) {
        const [, time] = await timed(() => run(...values))
        times.push(time)
        spent += time
      }
      times.sort((a, b) => a - b)
      const median = times[times.length >> 1]
      results.replaceChildren(
        el(
          'p',
          'soft',
          `opened in ${milliseconds(ready)} · first call ${milliseconds(first)}${median === undefined ? '' : ` · median of ${times.length} more ${milliseconds(median)}`}`,
        ),
        resultView(value),
      )
      results.dataset['state'] = 'done'
    } catch (error) {
      results.replaceChildren(el('pre', 'failure', shortened(error instanceof Error ? error.message : String(error), 4000)))
      results.dataset['state'] = 'failed'
    }
  }
  root.append(section('Arguments', form), section('Result', results))
  return () => {
    void opened?.then((model) => model.dispose())
  }
}

async function timed<T>(run: () => Promise<T>): Promise<[value: T, milliseconds: number]> {
  const start = performance.now()
  return [await run(), performance.now() - start]
}

/** Imports the generated module from memory. */
async function load({ module, onnxruntime, wasm, graph }: RunData): Promise<Generated> {
  const script = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
  const scope = globalThis as unknown as { torchExplorer: object }
  const graphUrl = URL.createObjectURL(new Blob([decoded(graph)]))
  scope.torchExplorer = {
    url: () => graphUrl,
    onnxruntime: async () => {
      const ort = (await import(script(onnxruntime))) as OnnxRuntime
      ort.env.wasm.numThreads = 1
      ort.env.wasm.wasmBinary = decoded(wasm).buffer
      return ort
    },
  }
  const { default: model } = (await import(script(module))) as { readonly default: Generated }
  await model.load()
  return model
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  return bytes
}
