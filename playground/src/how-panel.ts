// How this works: the time that each stage of the build took for this page's models, and what the runtime weighs.

import { reports } from 'virtual:model-reports'
import { element, find } from './find.ts'
import { bytes, milliseconds } from './format.ts'

/** Call when the models are loaded: the runtime's size is read from what the page has fetched. */
export function howPanel(): void {
  for (const step of find('steps', HTMLOListElement).querySelectorAll<HTMLElement>('[data-stages]')) {
    const names = step.dataset['stages']!.split(' ')
    const total = Object.values(reports)
      .flatMap(({ stages }) => stages)
      .reduce((sum, [name, time]) => (names.includes(name) ? sum + time : sum), 0)
    step.querySelector('h3')!.append(element('small', '', milliseconds(total)))
  }
  const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
  const wasm = resources.find(({ name }) => name.endsWith('.wasm'))
  const graphs = Object.values(reports).reduce((sum, { onnx }) => sum + onnx.bytes, 0)
  find('runtime-note', HTMLElement).textContent =
    `The times are those of this build, for both models. ` +
    (wasm === undefined || wasm.decodedBodySize === 0
      ? ''
      : `The graphs weigh ${bytes(graphs)} together; onnxruntime-web, which runs them, is ${bytes(wasm.decodedBodySize)} of WebAssembly, ` +
        `fetched once for all models and cached.`)
}
