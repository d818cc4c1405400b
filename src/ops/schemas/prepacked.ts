// Operators of mobile-optimized archives. Hand-written, since the wheels of torch that schemas are imported from are built without them.
// Answers to aten/src/ATen/native/xnnpack/RegisterOpContextClass.cpp and aten/src/ATen/native/metal/MetalPrepackOpRegister.cpp.

const XNNPACK = '__torch__.torch.classes.xnnpack'
const METAL = '__torch__.torch.classes.metal'
const BOUNDS = 'Scalar? output_min=None, Scalar? output_max=None'
const CONV = 'Tensor W, Tensor? B, int[2] stride, int[2] padding'

export const prepackedSchemas: string = `prepacked::linear_clamp_prepack(Tensor W, Tensor? B=None, ${BOUNDS}) -> ${XNNPACK}.LinearOpContext
prepacked::linear_clamp_run(Tensor X, ${XNNPACK}.LinearOpContext W_prepack) -> Tensor Y
prepacked::conv2d_clamp_prepack(${CONV}, int[2] dilation, int groups, ${BOUNDS}) -> ${XNNPACK}.Conv2dOpContext
prepacked::conv2d_clamp_run(Tensor X, ${XNNPACK}.Conv2dOpContext W_prepack) -> Tensor Y
prepacked::conv2d_transpose_clamp_prepack(${CONV}, int[2] output_padding, int[2] dilation, int groups, ${BOUNDS}) -> ${XNNPACK}.TransposeConv2dOpContext
prepacked::conv2d_transpose_clamp_run(Tensor X, ${XNNPACK}.TransposeConv2dOpContext W_prepack) -> Tensor Y
metal_prepack::conv2d_prepack(${CONV}, int[2] dilation, int groups, ${BOUNDS}) -> ${METAL}.Conv2dOpContext
metal_prepack::conv2d_run(Tensor X, ${METAL}.Conv2dOpContext W_prepack) -> Tensor Y
metal_prepack::linear_prepack(Tensor W, Tensor? B, ${BOUNDS}) -> ${METAL}.LinearOpContext
metal_prepack::linear_run(Tensor X, ${METAL}.LinearOpContext W_prepack) -> Tensor Y`
