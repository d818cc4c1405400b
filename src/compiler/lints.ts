// The lints of torch.utils.mobile_optimizer.generate_mobile_module_lints, about the file as it is: what to do before a module is saved. A conversion
// needs none of it: it drops dropout, folds batch norms and knows no gradients.
// torch/utils/mobile_optimizer.py

import type { ScriptModule } from '../frontend/import-script.ts'
import { allNodes } from '../ir/block.ts'
import { qualifiedName } from '../ir/function-schema.ts'
import type { IObject } from '../ir/ivalue.ts'
import type { Tensor } from '../ir/tensor.ts'
import { schemaOf } from '../ops/schema-of.ts'

export interface Lint {
  /** torch's LintCode. */
  readonly name: 'BUNDLED_INPUT' | 'REQUIRES_GRAD' | 'DROPOUT' | 'BATCHNORM'
  /** torch's words. */
  readonly message: string
}

const BUNDLED = '_generate_bundled_inputs_for_forward'

/** In torch's order. `methods`: those whose code is looked at. */
export function moduleLints(script: ScriptModule, methods: readonly string[]): Lint[] {
  const lints: Lint[] = []
  if (!script.methods.includes(BUNDLED) && !script.class.methods.has(BUNDLED))
    lints.push({
      name: 'BUNDLED_INPUT',
      message:
        'No bundled input for forward, please add bundled inputs before saving the module using torch.utils.bundled_inputs.augment_model_with_bundled_inputs.',
    })
  for (const name of parametersWithGradient(script))
    lints.push({
      name: 'REQUIRES_GRAD',
      message: `Param ${name} requires grad, please set torch.no_grad() to reduce memory usage and improve computation speed during inference phase.`,
    })
  for (const operator of operatorsOf(script, methods)) {
    const drop = (name: 'DROPOUT' | 'BATCHNORM', what: string, stop: string): void => {
      lints.push({
        name,
        message: `Operator ${operator} exists, remember to call eval() before saving the module${stop}and call torch.utils.mobile_optimizer.optimize_for_mobile to drop ${what} operator.`,
      })
    }
    if (operator.includes('dropout')) drop('DROPOUT', 'dropout', '.')
    if (operator.includes('batch_norm')) drop('BATCHNORM', 'batch_norm', ' ')
  }
  return lints
}

/** Dotted names, in the order of named_parameters(): a module's own before those of its children; a shared one once. */
function parametersWithGradient(script: ScriptModule): string[] {
  const names: string[] = []
  const seen = new Set<Tensor | IObject>()
  const pending: (readonly [prefix: string, object: IObject])[] = [['', script.root]]
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const [prefix, object] = item
    if (seen.has(object)) continue
    seen.add(object)
    const children: (readonly [string, IObject])[] = []
    const cls = script.unit.class(object.className)
    for (const [name, value] of object.attributes) {
      if (value === null || typeof value !== 'object') continue
      if (value.kind === 'object') children.push([`${prefix}${name}.`, value])
      else if (
        value.kind === 'tensor' &&
        value.requiresGrad === true &&
        !seen.has(value) &&
        cls?.attributes.get(name)?.isParameter === true
      ) {
        seen.add(value)
        names.push(prefix + name)
      }
    }
    pending.push(...children.reverse())
  }
  return names
}

/** As torch.jit.export_opnames has them: each once, sorted. */
function operatorsOf(script: ScriptModule, methods: readonly string[]): string[] {
  const names = new Set<string>()
  for (const method of methods)
    for (const node of allNodes(script.inlinedGraph(method).block)) {
      const schema = schemaOf(node)
      if (schema !== undefined) names.add(qualifiedName(schema))
    }
  return [...names].sort()
}
