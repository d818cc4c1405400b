// A pass: Graph → Graph in place, with a name and one sentence. What passes share while one method is compiled is in its context.

import type { Clock } from '../diagnostics/clock.ts'
import type { Problem } from '../diagnostics/compile-error.ts'
import type { SourceRange } from '../diagnostics/source-range.ts'
import type { Graph } from '../ir/graph.ts'
import type { IEnum, IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Fact } from '../ops/fact.ts'
import type { OptimizerType } from './optimizer-types.ts'

/** An attribute that the method changes, carried from call to call by whoever runs the graph. */
export interface StateSlot {
  /** Dotted path from the module: `layer1.0.running_mean`. */
  readonly attribute: string
  /** Static type; a Tensor type tells the dtype of the saved value. */
  readonly type: Type
  /** The saved value. */
  readonly initial: IValue
  /** The method gives the attribute another value, or writes into the one that it has. */
  readonly assigned: boolean
  /** Index among the graph's inputs and outputs. */
  input: number
  output: number
}

/** An attribute that some method changes. */
export type ChangedAttribute = Pick<StateSlot, 'attribute' | 'assigned' | 'type' | 'initial'>

/** An exception that the method can raise. */
export interface Raise {
  /** `ValueError`. */
  readonly type: string
  readonly message: string
}

/** A branch that was decided at build time, with the way it went; or control flow that stays in the graph. */
export interface Decision {
  readonly kind: 'specialised' | 'kept'
  readonly range: SourceRange
  readonly taken?: boolean
  /** Of a loop that was unrolled. */
  readonly turns?: number
  /** What is kept is generated JavaScript, not part of a graph. */
  readonly host?: true
  /** Of a decision of a trace: on inputs that go the other way there, the trace is another function, or the same; or no such inputs were found. */
  readonly check?: 'differs' | 'agrees' | 'not flipped'
}

/** Attribute of an If whose branches changed places, because its condition lost a `not`. */
export const SWAPPED = 'swapped'

/** Attribute of a Loop that stands for one operator: no control flow of the model. */
export const OF_OPERATOR = 'operator'

/** How the condition of an If is in the source: `taken` tells which of its blocks runs. */
export function asWritten({ attributes }: Node, taken: boolean): boolean {
  return attributes.get(SWAPPED) === true ? !taken : taken
}

/** What a program says of an interface. */
export interface InterfaceFacts {
  /** Its objects are submodules. */
  readonly isModule: boolean
  readonly implementedBy: (className: string) => boolean
  /** The plain classes that implement it. */
  readonly classes: () => readonly string[]
}

/** What the passes over one method know of it besides its graph. */
export interface PassContext {
  /** The module whose method this is: stands for the graph's first input until freezing. */
  readonly self?: IObject
  /** Things worth a line to the user. */
  readonly notices: Problem[]
  /** Filled by freezing. */
  readonly state: StateSlot[]
  /** Attributes that other methods of the module change: what this one reads of them is state, too. Methods with state have all of it. */
  readonly changed?: readonly ChangedAttribute[]
  /** Filled by the exit transform: the k-th row is code k + 1 of output `error`. */
  readonly raises: Raise[]
  /** What is known of the graph's inputs; facts of everything else follow from it. */
  readonly inputs: Map<Value, Fact>
  /** Branches that were decided while the graph was specialised. */
  readonly decisions: Decision[]
  /** Strings and the like that branches choose from at run time; a code is an index here. */
  readonly choices: IValue[]
  /** The method is to become a host program: what it changes stays in an object, the graph's first input. */
  host?: boolean
  /** The graph still writes in place: contents of lists and tensors are not to be believed. */
  mutable?: boolean
  /** Mode `script`. `typed`: no loop is unrolled that can stay. `kept`: and nothing decides a branch any more. */
  controlFlow?: 'typed' | 'kept'
  /** Index of the error code among the graph's outputs, when the method can raise. */
  error?: number
  /** The body of a call that is still there: by the class of its object where that is known. */
  readonly bodyOf?: (call: Node, className: string | undefined) => Graph | undefined
  readonly interfaceOf?: (name: string) => InterfaceFacts | undefined
  /** All members of an enum, in order. */
  readonly enumOf?: (name: string) => readonly IEnum[]
  /** Told which stage takes the time. */
  clock?: Clock
  /** Names of passes, and of optimisation types, not to run. */
  readonly blocklist?: ReadonlySet<string>
  /** Passes of the user's own. */
  readonly passes?: readonly Pass[]
  /** Run the verifier after every pass. */
  readonly verifyGraphs?: boolean
  /** Sees the graph after every pass that changed it. */
  readonly observe?: (pass: PassInfo, graph: Graph) => void
  /** Why optimisations did not apply where they nearly did. */
  readonly missed: Missed[]
}

/** Which passes run, and who watches them. */
export type PassOptions = Pick<PassContext, 'blocklist' | 'passes' | 'verifyGraphs' | 'observe'>

export function passContext(
  options: PassOptions & Pick<PassContext, 'self' | 'bodyOf' | 'interfaceOf' | 'enumOf' | 'changed'> = {},
): PassContext {
  return { ...options, notices: [], state: [], raises: [], inputs: new Map(), decisions: [], choices: [], missed: [] }
}

/** The PassOptions among other options. */
export function passOptions({ blocklist, passes, verifyGraphs, observe }: PassOptions): PassOptions {
  return {
    ...(blocklist === undefined ? {} : { blocklist }),
    ...(passes === undefined ? {} : { passes }),
    ...(verifyGraphs === undefined ? {} : { verifyGraphs }),
    ...(observe === undefined ? {} : { observe }),
  }
}

/** An optimisation that did not apply, and why: the pattern is there but for one thing. */
export interface Missed {
  /** Name of the pass. */
  readonly pass: string
  /** What stands in the way, as a clause: `the result of the convolution is used elsewhere too`. */
  readonly reason: string
  readonly range?: SourceRange
}

/** What a pass is known by, on the graph and on the emitted model alike. */
export interface PassInfo {
  /** kebab-case; as the report, the blocklist and error messages name it. */
  readonly name: string
  /** One sentence. */
  readonly doc: string
  /** The mobile optimiser's type that switches it, too. */
  readonly type?: OptimizerType
  /** The model is right without it: the blocklist may name it. */
  readonly optional?: boolean
  /** It changes numbers on purpose, as a lower precision does: verification tells how far, and refuses nothing. */
  readonly lossy?: boolean
  /** Of a pass of the user's own: another text whenever the pass does another thing. Models are kept between builds only when each of their passes has one. */
  readonly version?: string
}

export interface Pass extends PassInfo {
  /** Graph texts: what the pass makes of the first is the second. Shown in the documents, and executed by a test. */
  readonly example?: { readonly before: string; readonly after: string }
  /** True when the graph changed. */
  readonly run: (graph: Graph, context: PassContext) => boolean
}

/** True when the blocklist names the pass or its type. */
export function isBlocked({ name, type }: PassInfo, blocklist: ReadonlySet<string> | undefined): boolean {
  return blocklist !== undefined && (blocklist.has(name) || (type !== undefined && blocklist.has(type)))
}

export function definePass(pass: Pass): Pass {
  return pass
}
