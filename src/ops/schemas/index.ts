// The schema texts of all operators torch and torchvision know, and of our functional forms, by operator name. Texts only: parsing them belongs to ir/, rows to ops/.
// Answers to getAllOperatorsFor in torch/csrc/jit/runtime/operator.cpp.

import { atenSchemas } from './aten.ts'
import { functionalSchemas } from './functional.ts'
import { otherSchemas } from './other.ts'
import { primSchemas } from './prim.ts'
import { prepackedSchemas } from './prepacked.ts'
import { quantizedSchemas } from './quantized.ts'
import { torchvisionSchemas } from './torchvision.ts'
import { oldSchemas, type OldSchema } from './versions.ts'

let byName: Map<string, string[]> | undefined

function table(): Map<string, string[]> {
  if (byName) return byName
  byName = new Map()
  for (const texts of [atenSchemas, primSchemas, quantizedSchemas, otherSchemas, prepackedSchemas, torchvisionSchemas, functionalSchemas]) {
    for (const line of texts.split('\n')) {
      const name = schemaName(line)
      const lines = byName.get(name)
      if (lines) lines.push(line)
      else byName.set(name, [line])
    }
  }
  return byName
}

/** `aten::add` of `aten::add.Tensor(Tensor self, …) -> Tensor`. */
function schemaName(schema: string): string {
  const end = schema.indexOf('(')
  const dot = schema.lastIndexOf('.', end)
  return schema.slice(0, dot === -1 ? end : dot)
}

/** The schemas of an operator such as `aten::add`, in registration order; empty when torch has no such operator. */
export function schemaTexts(name: string): readonly string[] {
  return table().get(name) ?? []
}

/** Every operator name, sorted within its namespace. */
export function operatorNames(): readonly string[] {
  return [...table().keys()]
}

/** What `operator` (with overload, as in `aten::div.Tensor`) looked like in an archive of this operator version, when that differed from today. */
export function oldSchema(operator: string, version: number): OldSchema | undefined {
  return oldSchemas.find((row) => row.operator === operator && row.from <= version && version <= row.to)
}
