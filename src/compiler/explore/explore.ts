// explore: compiles a model and records what each step made of it, for people to look at. Same compilation, same result; what is recorded is text and figures.

import type { ScriptArchive } from '../../archive/archive.ts'
import { CompileError, formatProblem, type Problem } from '../../diagnostics/compile-error.ts'
import type { ScriptModule } from '../../frontend/import-script.ts'
import type { OnnxModel } from '../../onnx/model.ts'
import type { CompiledMethod } from '../compile-methods.ts'
import { compileWatched, type CompileOptions, type CompileWatcher } from '../compile.ts'
import type { CompileHost, CompileResult } from '../types.ts'
import { chosenSizes } from './chosen-sizes.ts'
import { drawModel } from './drawing.ts'
import { GraphStages } from './graph-stages.ts'
import { ModelCosts } from './model-costs.ts'
import { ModelStages } from './model-stages.ts'
import { nodeModules } from './node-modules.ts'
import { Places } from './places.ts'
import { sourceStages } from './source-stages.ts'
import { TextStages } from './text-stages.ts'
import type { Drawing, Exploration, ExploredProblem, ModelCost, Stage, WeightFacts } from './types.ts'
import { weightFacts } from './weight-facts.ts'

/**
 * Compiles the model and tells what each step made of it. A model that cannot be compiled is an exploration too: with the stages that were reached, and
 * `problems`. Other errors are bugs, and thrown.
 */
export async function explore(bytes: Uint8Array, options: CompileOptions, host: CompileHost = {}): Promise<Exploration> {
  return (await exploreCompiled(bytes, options, host)).exploration
}

/** The same, with what was compiled. */
export async function exploreCompiled(
  bytes: Uint8Array,
  options: CompileOptions,
  host: CompileHost = {},
): Promise<{ readonly exploration: Exploration; readonly result?: CompileResult }> {
  const explorer = new Explorer(options)
  try {
    const result = await compileWatched(bytes, options, host, explorer.watcher)
    return { exploration: explorer.explored(result), result }
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    return { exploration: explorer.failed(error.problems) }
  }
}

class Explorer {
  readonly #options: CompileOptions
  readonly #places = new Places()
  readonly #graphs = new GraphStages(this.#places)
  readonly #models = new ModelStages(this.#places)
  #sources: readonly Stage[] = []
  #graphStages: readonly Stage[] = []
  #archive: ScriptArchive | undefined
  #script: ScriptModule | undefined
  #methods: readonly CompiledMethod[] = []
  #lowered: Drawing | undefined
  #emitted: Drawing | undefined
  #cost: ModelCost | undefined
  #weights: readonly WeightFacts[] = []

  constructor(options: CompileOptions) {
    this.#options = options
  }

  readonly watcher: CompileWatcher = {
    archive: (archive) => {
      this.#archive = archive
      this.#sources = sourceStages(archive, this.#places)
    },
    script: (script) => {
      this.#script = script
    },
    begins: () => {
      this.#graphs.clear()
      this.#models.clear()
      this.#methods = []
      this.#graphStages = []
      this.#lowered = undefined
    },
    starting: this.#graphs.starting,
    passed: this.#graphs.passed,
    methods: (methods) => {
      this.#methods = methods
      this.#graphStages = this.#graphs.stagesOf(methods)
    },
    lowered: (model) => {
      this.#models.add('lowered', model)
      this.#lowered = this.#drawn(model).drawing
    },
    modelPassed: (pass, model) => this.#models.add(pass.name, model, pass),
    complete: (model) =>
      this.#models.add('precision', model, { name: 'precision', doc: 'Stores weights, and computes, in lower precision.' }),
    named: (model) => {
      const { drawing, cost } = this.#drawn(model)
      this.#emitted = drawing
      this.#cost = cost
      this.#weights = weightFacts(model)
    },
  }

  #drawn(model: OnnxModel): { readonly drawing: Drawing; readonly cost: ModelCost } {
    const sizes = chosenSizes(model, this.#methods, this.#script!, this.#archive!, this.#options)
    const costs = new ModelCosts(model, new Map(sizes.map(({ name, size }) => [name, size])))
    const modules = nodeModules(model)
    return { drawing: drawModel(model, this.#places, costs, modules), cost: costs.summary(modules, sizes) }
  }

  explored(result: CompileResult): Exploration {
    return {
      file: this.#options.file,
      stages: [...this.#sources, ...this.#graphStages, ...this.#models.stages, ...loaderStages(result, this.#options.file)],
      places: this.#places.all,
      graphs: {
        ...(this.#lowered === undefined ? {} : { lowered: this.#lowered }),
        ...(this.#emitted === undefined ? {} : { emitted: this.#emitted }),
      },
      weights: this.#weights,
      ...(this.#cost === undefined ? {} : { cost: this.#cost }),
      report: result.report,
      problems: [],
    }
  }

  failed(problems: readonly Problem[]): Exploration {
    const reached = this.#graphStages.length > 0 ? this.#graphStages : this.#graphs.latestStages()
    return {
      file: this.#options.file,
      problems: problems.map((problem) => this.#problem(problem)),
      stages: [...this.#sources, ...reached, ...this.#models.stages],
      places: this.#places.all,
      graphs: this.#lowered === undefined ? {} : { lowered: this.#lowered },
      weights: [],
    }
  }

  #problem(problem: Problem): ExploredProblem {
    const { code, message, fix, range } = problem
    const place = this.#places.indexOf(range)
    return { code, message, ...(fix === undefined ? {} : { fix }), ...(place === -1 ? {} : { place }), text: formatProblem(problem) }
  }
}

/** The loader as a bundler of today would have it, and its declaration. */
function loaderStages({ loader, dts }: CompileResult, file: string): Stage[] {
  const stem = file.slice(file.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
  const code = loader({ url: `new URL('./${encodeURIComponent(stem)}.onnx', import.meta.url).href`, ort: `import('onnxruntime-web/wasm')` })
  return [
    ['module', code],
    ['declaration', dts],
  ].map(([title, text]): Stage => {
    const texts = new TextStages()
    const lines = text!.replace(/\n$/, '').split('\n')
    texts.add(
      { id: `loader:${title!}`, kind: 'loader', title: title! },
      lines.map((line) => ({ text: line, place: -1 })),
    )
    return texts.stages[0]!
  })
}
