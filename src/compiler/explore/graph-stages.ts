// The stages of methods: the text of each graph as it is first, and after every pass that changed it. Texts are taken at once, so nothing of a graph is kept.

import { allNodes } from '../../ir/block.ts'
import type { Graph } from '../../ir/graph.ts'
import { PrintedNames, printGraphLines } from '../../ir/printer.ts'
import type { PassInfo } from '../../passes/pass.ts'
import type { CompiledMethod } from '../compile-methods.ts'
import type { Places } from './places.ts'
import { TextStages } from './text-stages.ts'
import type { PassFacts, Stage } from './types.ts'

interface GraphRecord {
  readonly method: string
  readonly names: PrintedNames
  readonly texts: TextStages
}

const TYPES: PassFacts = {
  name: 'annotate',
  doc: 'Tells the data type and shape of every value, as far as they are known; inputs that nothing reads are gone.',
}

export const passFacts = ({ name, doc, type }: PassInfo): PassFacts => ({ name, doc, ...(type === undefined ? {} : { type }) })

export class GraphStages {
  readonly #places: Places
  readonly #records = new Map<Graph, GraphRecord>()

  constructor(places: Places) {
    this.#places = places
  }

  clear(): void {
    this.#records.clear()
  }

  readonly starting = (method: string, graph: Graph): void => {
    const record: GraphRecord = { method, names: new PrintedNames(), texts: new TextStages() }
    this.#records.set(graph, record)
    this.#add(record, graph, 'inlined graph')
  }

  readonly passed = (pass: PassInfo, graph: Graph): void => {
    const record = this.#records.get(graph)
    if (record !== undefined) this.#add(record, graph, pass.name, passFacts(pass))
  }

  /** Of what became part of the model: host programs before they are split, then their regions. */
  stagesOf(methods: readonly CompiledMethod[]): Stage[] {
    return methods.flatMap(({ signature, entries, host }) => {
      const own = host === undefined ? [] : (this.#latest().get(signature.name)?.texts.stages ?? [])
      const program = host === undefined ? [] : this.#program(signature.name, host.graph)
      return [...own, ...program, ...entries.flatMap(({ graph }) => this.#finished(graph))]
    })
  }

  /** Of what was tried last: for a model that cannot be compiled. */
  latestStages(): Stage[] {
    return [...this.#latest().values()].flatMap(({ texts }) => texts.stages)
  }

  #finished(graph: Graph): readonly Stage[] {
    const record = this.#records.get(graph)
    if (record === undefined) return []
    this.#add(record, graph, 'types and shapes', TYPES)
    return record.texts.stages
  }

  /** What JavaScript runs, with a call for each region. */
  #program(method: string, graph: Graph): readonly Stage[] {
    const record: GraphRecord = { method: `${method} (program)`, names: new PrintedNames(), texts: new TextStages() }
    this.#add(record, graph, 'host program')
    return record.texts.stages
  }

  #latest(): Map<string, GraphRecord> {
    return new Map([...this.#records.values()].map((record) => [record.method, record]))
  }

  #add({ method, names, texts }: GraphRecord, graph: Graph, title: string, pass?: PassFacts): void {
    const lines = printGraphLines(graph, { names })
    let nodes = 0
    for (const _ of allNodes(graph.block)) nodes++
    texts.add(
      { id: `ir:${method}:${texts.stages.length}`, kind: 'ir', title, method, ...(pass === undefined ? {} : { pass }), nodes },
      lines.map(({ text, range }) => ({ text, place: this.#places.indexOf(range) })),
    )
  }
}
