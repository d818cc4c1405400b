// Inputs that are Python values and decided something in a trace: constants of it. Their parameters take that value only, and may be left out.

import { Builder } from '../ir/builder.ts'
import type { IValue } from '../ir/ivalue.ts'
import type { Value } from '../ir/value.ts'
import type { Capture } from '../passes/pipeline.ts'
import { constantOf, leavesOf, type Plan } from '../passes/signature/plan.ts'

/** Only inputs of parameters are baked in; state stays state. */
export function bakeInputs({ graph, params, context }: Capture, baked: ReadonlyMap<Value, IValue>): void {
  if (baked.size === 0) return
  const bake = (plan: Plan): Plan => {
    switch (plan.kind) {
      case 'int':
      case 'float':
      case 'bool':
      case 'scalars': {
        const value = baked.get(plan.leaf.value)
        return value === undefined ? plan : { kind: 'constant', value: constantOf(value) }
      }
      case 'choice': {
        const code = baked.get(plan.leaf.value)
        return code === undefined ? plan : { kind: 'constant', value: constantOf((plan.of ?? context.choices)[Number(code)] ?? null) }
      }
      case 'optional': {
        const present = baked.get(plan.flag.value)
        if (present === undefined) return { ...plan, of: bake(plan.of) }
        return present === true ? bake(plan.of) : { kind: 'constant', value: null }
      }
      case 'tuple':
      case 'record':
      case 'map':
        return { ...plan, items: plan.items.map(bake) }
      default:
        return plan
    }
  }
  const leaves = new Set(params.flatMap(({ plan }) => [...leavesOf(plan)].map(({ value }) => value)))
  for (const [input, value] of baked) {
    if (!leaves.has(input)) continue
    input.replaceAllUsesWith(new Builder(graph.block.paramNode.next!).constant(value, input.type))
  }
  for (const [i, { default: before, ...param }] of params.entries()) {
    const plan = bake(param.plan)
    if (plan === param.plan) continue
    const fallback = plan.kind === 'constant' ? bakedValue(param.plan, baked, context.choices) : before
    // An Optional that the trace took a value for has no None to fall back on.
    const dropped = fallback === null && plan.kind !== 'constant' && plan.kind !== 'optional'
    params[i] = { ...param, plan, ...(fallback === undefined || dropped ? {} : { default: fallback }) }
  }
}

/** What a parameter that is one baked value may be left out for. */
function bakedValue(plan: Plan, baked: ReadonlyMap<Value, IValue>, choices: readonly IValue[]): IValue | undefined {
  switch (plan.kind) {
    case 'int':
    case 'float':
    case 'bool':
    case 'scalars':
      return baked.get(plan.leaf.value)
    case 'choice':
      return (plan.of ?? choices)[Number(baked.get(plan.leaf.value))]
    case 'optional':
      return baked.get(plan.flag.value) === false ? null : bakedValue(plan.of, baked, choices)
    default:
      return undefined
  }
}
