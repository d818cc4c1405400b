// Types of models that have no generated declaration beside them. In tsconfig: "types": ["unplugin-torch/client"].

declare module '*.pt' {
  const model: import('unplugin-torch/runtime').Model
  export default model
}
declare module '*.pth' {
  const model: import('unplugin-torch/runtime').Model
  export default model
}
declare module '*.ptl' {
  const model: import('unplugin-torch/runtime').Model
  export default model
}
