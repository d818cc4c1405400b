// The functions that a page imports: one per method, over one engine, with the state of their instance.
// Calls on an instance with state queue, and change it only when they succeed.

import { encodeArguments, isNamesCall, orderNames } from './arguments.ts'
import { localEngine, type EngineConfig } from './engine.ts'
import type { Preprocess } from './image.ts'
import { describe, type ValueInfo } from './metadata.ts'
import { scalars, type Raw } from './read-tensor.ts'
import { decodeResult } from './results.ts'
import { abortable, type Engine, type LoadOptions } from './shared-load.ts'
import type { Signature } from './signature.ts'
import { arrayOf, tensor } from './tensor.ts'
import { remoteEngine } from './worker.ts'

export interface ModelConfig extends EngineConfig {
  readonly signatures: readonly Signature[]
  /** Starts the worker module, for a model that runs in one. Used where there are workers. */
  readonly worker?: (() => Worker) | undefined
  readonly preprocess?: Preprocess | undefined
  /** Class index → name. */
  readonly labels?: readonly string[] | undefined
  /** Told of each state that a clone takes too (`more`), and of each that an instance leaves. For states of another kind. */
  readonly share?: (state: State, more?: true) => void
}

export interface CallOptions {
  /** Rejects the call; state stays as it was. What onnxruntime has begun still runs to its end. */
  readonly signal?: AbortSignal | undefined
}

/** What every imported method is besides a function. */
export interface ModelMethods<Names extends object, Result> {
  /** Calls by name, whatever the parameters take. */
  named(names: Names, options?: CallOptions): Promise<Result>
  /** Fetches the model and starts its runtime ahead of the first call. */
  load(options?: LoadOptions): Promise<void>
  /** Frees the session of all methods and instances, and ends the worker; calls that wait for it are rejected. State stays; a later call loads again. */
  dispose(): Promise<void>
  readonly inputs: readonly ValueInfo[]
  readonly outputs: readonly ValueInfo[]
}

/** A method of a model for device webgpu. Besides, it has `onDevice`, which is called as the method itself and leaves the tensors of the result where they are. */
export interface DeviceModel {
  /** Where the model runs; undefined before it is loaded, and where it runs in a worker. */
  readonly device: 'webgpu' | 'wasm' | undefined
}

/** A method of a module that keeps state from call to call. */
export interface StatefulModel<Self> {
  /** Back to the state that was saved, after the calls made so far. */
  reset(): void
  /** Its own state, as it is after the calls made so far, on the same session and weights. */
  clone(): Self
}

/** A model without static types, as `createModel` makes it. */
export interface Model extends ModelMethods<Names, unknown>, StatefulModel<Model> {
  (...values: unknown[]): Promise<unknown>
  /** The other methods on the same instance, by name. */
  readonly methods: Readonly<Record<string, Model>>
}

type Names = Readonly<Record<string, unknown>>

/** Attribute → tensor; undefined for the state that the file was saved with. A host program has a state of its own kind. */
type State = ReadonlyMap<string, Raw> | undefined

/** One function per signature, in order. Nothing is fetched before the first `load` or call. `engine`: what runs the graph on this thread. */
export function createModel(config: ModelConfig, engine = localEngine(config)): readonly Model[] {
  // onnxruntime puts Node's own Worker, which is another thing, where the web's would be.
  const remote = config.worker && globalThis.Worker?.prototype instanceof EventTarget
  return createInstance(config, remote ? remoteEngine(config.worker) : engine, Promise.resolve(undefined))
}

/** All methods over one state: the one that `saved` settles to. */
function createInstance(config: ModelConfig, engine: Engine, saved: Promise<State>): readonly Model[] {
  const { signatures, preprocess, labels, share } = config
  const methods = Object.create(null) as Record<string, Model>
  let state: State
  let last: Promise<unknown> = saved.then((copied) => (state = copied))
  const queue = <T>(task: () => T | Promise<T>): Promise<T> => {
    const done = last.then(task)
    if (signatures.some((one) => one.state)) last = done.catch(() => {})
    return done
  }

  const models = signatures.map((signature, method): Model => {
    const { name, params, result, state: carried, error, entry, encode = encodeArguments, run } = signature
    const call = async (values: readonly unknown[], { signal }: CallOptions = {}): Promise<unknown> => {
      signal?.throwIfAborted()
      const ready = Promise.all([encode(signature, values, preprocess), engine.load({ signal })])
      // Its failure is told by the task, which may still have to wait for its turn.
      ready.catch(() => {})
      const task = async (): Promise<unknown> => {
        const [feeds, session] = await ready
        // The state first, so that one assignment takes it.
        if (run) return ([state] = await run(feeds, session, state, signal, labels))[1]
        if (entry) feeds.set(entry.id, scalars('int64', [entry.value], [], name))
        if (carried) {
          feeds.set(carried.cold, scalars('bool', [!state], [], name))
          if (state) for (const { attribute, input } of carried.slots) feeds.set(input, state.get(attribute)!)
        }
        const outputs = await session.run(feeds)
        signal?.throwIfAborted()
        const raised = error?.raises[Number(outputs.get(error.id)!.data[0]) - 1]
        if (raised) throw Object.assign(new Error(raised.message), { name: raised.type, code: 'PT5301' })
        const value = decodeResult(result, outputs, labels)
        if (carried) {
          // All methods carry the same attributes. A copy: the output may be a part of the result, too.
          state = new Map(
            carried.slots.map(({ attribute, output }) => {
              const { type, data, dims } = outputs.get(output)!
              return [attribute, tensor(type, arrayOf(type, data) as never, dims)]
            }),
          )
        }
        return value
      }
      return abortable(queue(task), signal)
    }
    const model: Model = Object.assign(
      // In an object, for its name.
      { [name]: (...values: unknown[]) => (isNamesCall(signature, values) ? model.named(values[0] as Names) : call(values)) }[name]!,
      {
        named: async (names: unknown, options?: CallOptions) => call(orderNames(signature, names), options),
        load: async (options?: LoadOptions) => void (await engine.load(options)),
        dispose: engine.dispose,
        reset: () => void queue(() => (state = share?.(state) as undefined)),
        clone: () =>
          createInstance(
            config,
            engine,
            queue(() => (share?.(state, true), state)),
          )[method]!,
        inputs: params.flatMap((param) => describe(param.spec, param.name)),
        outputs: describe(result, 'output'),
        methods,
      },
    )
    if (method > 0) methods[name] = model
    return model
  })
  return models
}
