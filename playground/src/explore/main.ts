// The page that opens a model: chosen, dropped or a sample; compiled, shown, changed and run, all in this tab.

import { find } from '../find.ts'
import { bytes } from '../format.ts'
import { fromHash, toHash, toOptions, type Choices } from './choices.ts'
import { Compiler } from './compiler.ts'
import { dropZone } from './drop-zone.ts'
import { readGolden, type Golden } from './golden.ts'
import type { CompiledModel } from './messages.ts'
import { optionsForm } from './options-form.ts'
import { problemsView } from './problems-view.ts'
import { progressLine } from './progress-line.ts'
import { runPanel } from './run-panel.ts'
import { Runner } from './runner.ts'
import { samples, type Sample } from './samples.ts'
import { stepsPanel } from './steps-panel.ts'
import { summary } from './summary.ts'

interface Opened {
  readonly file: Blob
  readonly name: string
  readonly sample?: Sample
  readonly golden?: Golden
}

const compiler = new Compiler()
const second = new Compiler()
const runner = new Runner()
let { choices } = fromHash(location.hash)
let opened: Opened | undefined
let current: CompiledModel | undefined

const job = progressLine(find('job', HTMLElement), () => {
  compiler.cancel()
  setState('cancelled')
})
const form = optionsForm(find('options', HTMLElement), (update) => {
  choices = update(choices)
  if (opened !== undefined) compile(opened)
})
const run = runPanel(find('run', HTMLElement), runner, compilePlain)
const steps = stepsPanel(find('steps-panel', HTMLElement))
const zone = dropZone(find('open', HTMLElement), samples, {
  file: (file) => void open({ file, name: file.name }, true),
  sample: (sample) => void openSample(sample, true),
})

type State = 'empty' | 'compiling' | 'compiled' | 'failed' | 'cancelled'
function setState(state: State): void {
  document.documentElement.dataset['explore'] = state
  if (state === 'compiling') return
  job.done()
  if (state === 'cancelled') job.say('Cancelled.')
}

async function openSample(sample: Sample, fresh: boolean): Promise<void> {
  zone.opening(sample.file)
  try {
    const [model, answers] = await Promise.all([sample.url, sample.answers].map(fetchWhole))
    await open({ file: await model!.blob(), name: sample.file, sample, golden: readGolden(await answers!.text()) }, fresh)
  } catch (error) {
    job.say(`The sample could not be fetched: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function fetchWhole(url: string): Promise<Response> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response
}

/** `fresh`: what was chosen for another model is forgotten. */
async function open(next: Opened, fresh: boolean): Promise<void> {
  if (fresh) choices = fromHash('').choices
  opened = next
  document.title = `${next.name} · unplugin-torch`
  current = undefined
  form.forget()
  run.clear()
  steps.clear()
  second.cancel()
  zone.opened(next.name, bytes(next.file.size), next.sample?.id)
  compile(next)
}

function compile(model: Opened): void {
  const { file, name, golden } = model
  history.replaceState(null, '', `#${toHash(model.sample?.id, choices)}`)
  setState('compiling')
  job.start(file.size)
  steps.waiting()
  second.cancel()
  compiler.compile(file, name, toOptions(choices), {
    progress: job.progress,
    compiled(result) {
      current = result
      find('problems', HTMLElement).replaceChildren()
      for (const id of ['result', 'summary', 'run']) find(id, HTMLElement).hidden = false
      summary(find('summary', HTMLElement), name, result)
      form.show(name, choices, result.report)
      setState('compiled')
      void run.show(result, golden)
    },
    failed(problems) {
      // Options are no cure for a file that cannot be read.
      find('result', HTMLElement).hidden = current === undefined && problems.every(({ code }) => code.startsWith('PT1'))
      for (const id of ['summary', 'run']) find(id, HTMLElement).hidden = current === undefined
      find('problems', HTMLElement).replaceChildren(problemsView(problems, title(problems.length, name), current !== undefined))
      form.show(name, choices, current?.report)
      setState('failed')
    },
    explored(exploration) {
      // Of a file that could not be read there are none.
      if (exploration.stages.length > 0) steps.show(exploration)
      else steps.clear()
      run.imply(new Map(exploration.cost?.sizes.map(({ name: dim, size }) => [dim, size])))
    },
    unexplored(message) {
      steps.failed(message)
      run.imply(new Map())
    },
  })
}

const title = (count: number, name: string): string =>
  count === 1 ? `${name} did not compile` : `${name} did not compile, for ${count} reasons`

/** The model as it is chosen, but with all passes blocked. */
function compilePlain(): Promise<CompiledModel> {
  const { file, name } = opened!
  const blocklist = current!.report.passes.map((pass) => pass.name)
  return new Promise((resolve, reject) => {
    second.compile(file, name, toOptions({ ...choices, blocklist }), {
      progress: () => undefined,
      compiled: resolve,
      failed: (problems) => reject(new Error(problems.map(({ code, message }) => `${code}: ${message}`).join(' '))),
    })
  })
}

// The page's address names a sample, so that what is seen can be sent to somebody.
function openAddress(): void {
  const address = fromHash(location.hash)
  const sample = samples.find(({ id }) => id === address.sample)
  choices = address.choices satisfies Choices
  if (sample !== undefined) void openSample(sample, false)
}
addEventListener('hashchange', openAddress)
addEventListener('pagehide', () => runner.stop('The page was left.'))

setState('empty')
openAddress()
document.documentElement.dataset['ready'] = ''
