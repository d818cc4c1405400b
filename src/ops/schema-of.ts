// The schema of a Node: what overload resolution chose, or, for nodes made by passes and IR text, the first schema of its kind that
// takes its inputs. All arguments are given there, so that no defaults or conversions come in.

import type { FunctionSchema } from '../ir/function-schema.ts'
import type { Node } from '../ir/node.ts'
import { parseSchema } from '../ir/schema-parser.ts'
import { isSubtype, type Type } from '../ir/type.ts'
import { schemaTexts } from './schemas/index.ts'

const parsed = new Map<string, readonly FunctionSchema[]>()

/** All schemas of an operator name (`aten::add`), in registration order. */
export function schemasOf(name: string): readonly FunctionSchema[] {
  let schemas = parsed.get(name)
  if (schemas === undefined) {
    schemas = schemaTexts(name).map(parseSchema)
    parsed.set(name, schemas)
  }
  return schemas
}

/** The schema of a node; undefined for control flow, constructors and operators that torch does not know. Remembered on the node. */
export function schemaOf(node: Node): FunctionSchema | undefined {
  return (node.schema ??= schemasOf(node.kind).find((schema) => accepts(schema, node)))
}

function accepts(schema: FunctionSchema, node: Node): boolean {
  if (schema.isVararg) return node.inputs.length >= schema.args.length
  if (schema.args.length !== node.inputs.length) return false
  const variables = new Map<string, Type>()
  return schema.args.every((arg, i) => takes(arg.type, node.input(i).type, variables))
}

/** A value of type `actual` may stand where `formal` is declared; type variables stand for one type throughout. */
function takes(formal: Type, actual: Type, variables: Map<string, Type>): boolean {
  if (formal.kind === 'Var') {
    const bound = variables.get(formal.name)
    if (bound === undefined) variables.set(formal.name, actual)
    return bound === undefined || isSubtype(actual, bound)
  }
  if (formal.kind === 'Optional' && actual.kind !== 'None')
    return takes(formal.of, actual.kind === 'Optional' ? actual.of : actual, variables)
  if ((formal.kind === 'List' || formal.kind === 'Future') && actual.kind === formal.kind) {
    if (formal.of.kind === 'Optional' && actual.of.kind !== 'Optional') return takes(formal.of.of, actual.of, variables)
    return takes(formal.of, actual.of, variables)
  }
  if (formal.kind === 'Dict' && actual.kind === 'Dict')
    return takes(formal.key, actual.key, variables) && takes(formal.value, actual.value, variables)
  if (formal.kind === 'Class' && actual.kind === 'Class') return true
  // A Scalar argument takes bools too; a number (of aten::item) serves where a particular scalar is asked.
  if (formal.kind === 'number') return actual.kind === 'bool' || isSubtype(actual, formal)
  return isSubtype(actual, formal)
}
