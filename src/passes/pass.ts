// A pass: Graph → Graph in place, with a name and one sentence. What passes share while one method is compiled is in its context.

import type { Clock } from '../diagnostics/clock.ts'
import type { Problem } from '../diagnostics/compile-error.ts'
import type { SourceRange } from '../diagnostics/source-range.ts'
import type { Graph } from '../ir/graph.ts'
import type { IObject, IValue } from '../ir/ivalue.ts'
import type { Node } from '../ir/node.ts'
import type { Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Fact } from '../ops/fact.ts'

/** An attribute that the method changes, carried from call to call by whoever runs the graph. */
export interface StateSlot {
  /** Dotted path from the module: `layer1.0.running_mean`. */
  readonly attribute: string
  /** Static type; a Tensor type tells the dtype of the saved value. */
  readonly type: Type
  /** The saved value. */
  readonly initial: IValue
  /** Index among the graph's inputs and outputs. */
  input: number
  output: number
}

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
  /** Told which stage takes the time. */
  clock?: Clock
  /** Names of passes not to run. */
  readonly blocklist?: ReadonlySet<string>
  /** Run the verifier after every pass. */
  readonly verify?: boolean
}

export function passContext(options: Partial<Pick<PassContext, 'self' | 'bodyOf' | 'interfaceOf' | 'blocklist' | 'verify'>> = {}): PassContext {
  return { ...options, notices: [], state: [], raises: [], inputs: new Map(), decisions: [], choices: [] }
}

export interface Pass {
  /** kebab-case; as the report, the blocklist and error messages name it. */
  readonly name: string
  /** One sentence. */
  readonly doc: string
  /** True when the graph changed. */
  readonly run: (graph: Graph, context: PassContext) => boolean
}

export function definePass(pass: Pass): Pass {
  return pass
}
