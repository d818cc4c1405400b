/** See measure.mjs, which a page loads as it is. */
export interface Measured {
  readonly name: string
  /** Milliseconds. */
  readonly create: number
  readonly run: number
  /** Elements of the first output, up to 100,000. */
  readonly output: readonly number[]
  /** What onnxruntime says where it does not take the graph, or cannot run it. */
  readonly failure?: string
}
export declare function measure(
  ort: unknown,
  graphs: readonly { readonly name: string; readonly load: () => Promise<Uint8Array> }[],
  inputs: readonly { readonly dtype: string; readonly dims: readonly number[]; readonly data: readonly number[] }[],
  options: { readonly rounds: number; readonly creations: number },
): Promise<Measured[]>
