// Old quantized modules declare their packed weights as Tensor, though the archive holds objects of native classes.
// Answers to attributeAssignmentSpecialHandlingHack in torch/csrc/jit/serialization/import_source.cpp.

import type { Type } from '../ir/type.ts'
import { dottedName } from './script-type-parser.ts'
import type { Expr } from './tree.ts'

const LINEAR = '__torch__.torch.classes.quantized.LinearPackedParamsBase'
const CONV2D = '__torch__.torch.classes.quantized.Conv2dPackedParamsBase'
const CONV3D = '__torch__.torch.classes.quantized.Conv3dPackedParamsBase'

const PACKED = new Map<string, string>([
  ...['torch.ao.nn.quantized', 'torch.nn.quantized'].flatMap((root): [string, string][] => [
    [`__torch__.${root}.modules.linear.LinearPackedParams`, LINEAR],
    [`__torch__.${root}.modules.linear.Linear`, LINEAR],
    [`__torch__.${root}.dynamic.modules.linear.Linear`, LINEAR],
    [`__torch__.${root}.modules.conv.Conv2d`, CONV2D],
    [`__torch__.${root}.modules.conv.Conv3d`, CONV3D],
  ]),
  ['__torch__.torch.nn.intrinsic.quantized.modules.conv_relu.ConvReLU2d', CONV2D],
  ['__torch__.torch.nn.intrinsic.quantized.modules.conv_relu.ConvReLU3d', CONV3D],
])

/** The type that a class's `_packed_params : Tensor` really has. */
export function replacementType(className: string, attribute: string, declared: Expr): Type | undefined {
  if (attribute !== '_packed_params' || dottedName(declared) !== 'Tensor') return undefined
  const name = PACKED.get(className.replaceAll(/\.___torch_mangle_\d+/g, ''))
  return name === undefined ? undefined : { kind: 'Class', name }
}
