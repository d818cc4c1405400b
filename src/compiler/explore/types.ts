// What `explore` gives: a model at every step of its way from the archive to the emitted graph, as plain data. It can be cloned, sent to another
// thread and written as JSON. Views read it with `stageLines` (stage-text.ts); nothing in it is a view's.

import type { ProblemCode } from '../../diagnostics/catalogue.ts'
import type { Report } from '../types.ts'

export interface Exploration {
  readonly file: string
  /** In order: the user's own source as far as the archive has it, serialized code, each method's graph after each pass, the emitted model after each pass, the loader. */
  readonly stages: readonly Stage[]
  /** Lines of sources that lines of stages and nodes refer to by index. */
  readonly places: readonly Place[]
  /** The model as it was lowered, and as it is emitted. Absent when the compiler did not get there. */
  readonly graphs: { readonly lowered?: Drawing; readonly emitted?: Drawing }
  /** Constants of the emitted graph, the largest first. */
  readonly weights: readonly WeightFacts[]
  /** Of the emitted graph. */
  readonly cost?: ModelCost
  /** Absent when the model cannot be compiled. */
  readonly report?: Report
  /** Why it cannot be compiled; empty when it can. */
  readonly problems: readonly ExploredProblem[]
}

/** A line of a source. */
export interface Place {
  /** As messages name it: `net.py`, `code/__torch__/net.py`. */
  readonly source: string
  /** 1-based. */
  readonly line: number
  /** 0-based. */
  readonly column: number
}

export type StageKind = 'source' | 'code' | 'ir' | 'onnx' | 'loader'

export interface Stage {
  /** Unique in the exploration: `source:net.py`, `ir:forward:12`, `onnx:3`. */
  readonly id: string
  readonly kind: StageKind
  /** A name of a file or module, `inlined graph`, the name of a pass. */
  readonly title: string
  /** Of kind `ir`: the method, or the region of a host program (`forward.0`). */
  readonly method?: string
  /** What made it of the stage before. */
  readonly pass?: PassFacts
  /** Id of the stage that the text is told in terms of: the one before of the same kind and method. */
  readonly before?: string
  /** The text, by stretches of lines: kept ones of the stage before, and new ones. What is not kept was removed. */
  readonly text: readonly (KeptLines | NewLines)[]
  /** Lines of the text. */
  readonly length: number
  /** Number of the first line, of an excerpt of a source. Default 1. */
  readonly firstLine?: number
  /** Of kinds `ir` and `onnx`, those of blocks and subgraphs included. */
  readonly nodes?: number
}

/** Lines `from` to `to` (exclusive, 0-based) of the stage before.  */
export interface KeptLines {
  readonly from: number
  readonly to: number
}

export interface NewLines {
  readonly lines: readonly string[]
  /** Index into `places` of each line, −1 for none. Absent: none has one. */
  readonly places?: readonly number[]
}

export interface PassFacts {
  readonly name: string
  readonly doc: string
  /** The mobile optimiser's type that switches it. */
  readonly type?: string
}

/** A graph to be drawn. */
export interface Drawing {
  readonly inputs: readonly DrawnValue[]
  readonly outputs: readonly DrawnValue[]
  /** In an order in which they can run. */
  readonly nodes: readonly DrawnNode[]
}

export interface DrawnValue {
  readonly name: string
  /** `float32[n, 3, 224, 224]`; empty where nothing is known. */
  readonly type: string
  /** Extents at the sizes that the model's cost states, where the type has others than numbers: `1, 3, 224, 224`; `?` for one that these do not tell. */
  readonly at?: string
}

/** An input of a node; an absent optional one has an empty name. */
export interface DrawnInput extends DrawnValue {
  readonly weight?: { readonly path?: string; readonly bytes: number; readonly preview: string }
}

export interface DrawnNode {
  /** `Conv`, `com.microsoft.Gelu`. */
  readonly op: string
  readonly inputs: readonly DrawnInput[]
  readonly outputs: readonly DrawnValue[]
  /** Name and short text. */
  readonly attributes: readonly (readonly [name: string, text: string])[]
  /** Bodies of an If, Loop or Scan, by attribute. */
  readonly subgraphs: readonly (readonly [name: string, graph: Drawing])[]
  /** Module that it belongs to, by its weights or by those of what it reads: `layer1.0.conv1`. Empty: the model itself. */
  readonly module: string
  readonly cost: NodeCost
  /** Index into `places`: where the model's code has it. */
  readonly place?: number
}

/** At the sizes that the model's cost states. What a node costs is undefined where its shapes, or its operator, do not tell. */
export interface NodeCost {
  /** Multiplications with additions of products of matrices and convolutions. */
  readonly macs?: number
  /** Floating-point operations: two for each of those, and what else it computes. */
  readonly flops?: number
  /** Read and written, weights included. */
  readonly bytes?: number
}

export interface WeightFacts {
  /** `layer1.0.weight`; absent for what was computed at build time. */
  readonly path?: string
  readonly name: string
  readonly dtype: string
  readonly dims: readonly number[]
  readonly bytes: number
}

export interface CostSum {
  readonly nodes: number
  readonly macs: number
  readonly flops: number
  readonly bytes: number
  /** Nodes whose cost is not in the sums, because nothing tells it. */
  readonly unknown: number
}

export interface ModelCost extends CostSum {
  /** Elements of the weights. */
  readonly parameters: number
  /** What dynamic dims were taken to be, and why: they are no property of the model. */
  readonly sizes: readonly { readonly name: string; readonly size: number; readonly from: 'example' | 'recorded' | 'chosen' }[]
  /** Multiplications with additions for any sizes, such as `27648*n`, where that has a short form. */
  readonly symbolic?: string
  /** Bodies of loops count once, and of an If both branches: how often they run is not known. */
  readonly hasControlFlow: boolean
  readonly byOperator: readonly (CostSum & { readonly operator: string })[]
  /** By module path, each with what lies below it; `''` is the whole. */
  readonly byModule: readonly (CostSum & { readonly module: string })[]
}

export interface ExploredProblem {
  readonly code: ProblemCode
  readonly message: string
  readonly fix?: string
  /** Index into `places`. */
  readonly place?: number
  /** As the command line prints it, with the code frame. */
  readonly text: string
}
