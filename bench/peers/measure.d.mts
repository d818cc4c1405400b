/** See measure.mjs, which a page loads as it is. */
export interface Measured {
  readonly name: string
  /** Milliseconds. */
  readonly create: number
  readonly run: number
  /** Elements of the first output, up to 100,000. */
  readonly output: readonly number[]
}
export declare function measure(
  ort: unknown,
  graphs: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  inputs: readonly { readonly dtype: string; readonly dims: readonly number[]; readonly data: readonly number[] }[],
  options: { readonly rounds: number; readonly creations: number },
): Promise<Measured[]>
