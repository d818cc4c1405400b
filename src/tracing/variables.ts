// Which inputs of a captured method may be varied: tensors, numbers and bools that callers hand in, save those that became constants of the trace.

import type { Capture } from '../passes/pipeline.ts'
import type { Plan } from '../passes/signature/plan.ts'
import type { Variable } from './variations.ts'

export function variablesOf({ params, inputs }: Capture): Variable[] {
  const found: Variable[] = []
  const visit = (plan: Plan): void => {
    switch (plan.kind) {
      case 'tensor': {
        const dims = inputs.get(plan.leaf.value)?.dims
        found.push({ id: plan.leaf.id, kind: 'tensor', ...(dims === undefined ? {} : { dims }) })
        break
      }
      case 'int':
      case 'float':
      case 'bool':
      case 'scalars':
        found.push({ id: plan.leaf.id, kind: 'elements' })
        break
      case 'tensors':
        found.push({ id: plan.leaf.id, kind: 'elements' })
        break
      case 'optional':
        visit(plan.of)
        break
      case 'tuple':
      case 'record':
      case 'map':
        plan.items.forEach(visit)
        break
      case 'choice':
      case 'constant':
        break
    }
  }
  for (const { plan } of params) visit(plan)
  return found
}
