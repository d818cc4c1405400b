// What the runtime throws. Codes are stable and listed in src/diagnostics/catalogue/loader.ts; names survive minification.

class TorchError extends Error {
  /** Stable, e.g. `PT5105`. */
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code} ${message}`, options)
    this.code = code
  }
}

/** An argument that does not fit the model's signature. Thrown before onnxruntime sees anything. */
export class TorchInputError extends TorchError {
  override readonly name = 'TorchInputError'
}

/** The model or its runtime could not be brought to life, or has ended. */
export class TorchLoadError extends TorchError {
  override readonly name = 'TorchLoadError'
}
