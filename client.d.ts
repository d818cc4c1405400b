// Types of models that have no generated declaration beside them. In tsconfig: "types": ["unplugin-torch/client"].

declare module '*.pt' {
  const model: import('./dist/runtime.js').Model
  export default model
}
declare module '*.pth' {
  const model: import('./dist/runtime.js').Model
  export default model
}
declare module '*.jit' {
  const model: import('./dist/runtime.js').Model
  export default model
}
declare module '*.ptl' {
  const model: import('./dist/runtime.js').Model
  export default model
}
