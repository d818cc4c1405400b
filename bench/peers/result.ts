// What run.ts writes with --json, by model.

export type Measurement =
  | {
      /** Milliseconds. */
      readonly create: number
      readonly run: number
      /** Largest difference from torch's result, in standard deviations of it. */
      readonly difference: number
    }
  | { readonly failure: string }

/** One way from a model to an ONNX graph. */
export type Way =
  | {
      readonly name: string
      /** Of the conversion, in fresh processes. */
      readonly seconds: number
      readonly bytes: number
      /** Subgraphs included, Constant nodes not. */
      readonly nodes: number
      readonly node: Measurement
      readonly chromium?: Measurement
    }
  | { readonly name: string; readonly failure: string }

export interface ModelResult {
  readonly model: string
  readonly ways: readonly Way[]
}

export type MadeWay = Exclude<Way, { readonly failure: string }>

export const isMade = (way: Way): way is MadeWay => !('failure' in way)
export const isMeasured = (measurement: Measurement | undefined): measurement is Exclude<Measurement, { readonly failure: string }> =>
  measurement !== undefined && !('failure' in measurement)
