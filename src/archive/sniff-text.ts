// Files that are text where a model is expected: what a failed download leaves behind, and sources.

import { other, type Other } from './file-kind.ts'

const SAMPLE = 4096

/** The start of the file as text; undefined when it is not text. */
function sample(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, SAMPLE)
  if (head.includes(0)) return undefined
  // A sequence that the cut of the sample interrupts is no fault.
  const text = new TextDecoder('utf-8').decode(head, { stream: bytes.length > SAMPLE })
  // oxlint-disable-next-line no-control-regex -- control characters tell binary from text
  return /[\u0001-\u0008\u000e-\u001f\u007f-\u009f\ufffd]/.test(text) ? undefined : text.trim()
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 80)}…` : line
}

export function sniffText(bytes: Uint8Array): Other | undefined {
  const text = sample(bytes)
  if (text === undefined) return undefined
  if (text.startsWith('version https://git-lfs.github.com/spec/')) {
    const size = /^size (\d{1,15})$/m.exec(text)?.[1]
    return other('git-lfs-pointer', {
      code: 'PT1004',
      message: `the file is a Git LFS pointer${size === undefined ? '' : ` to a model of ${size} bytes`}, not the model itself`,
      fix: 'run `git lfs pull` in the repository (and `git lfs install` once on this machine).',
    })
  }
  if (/^<(!doctype|html|\?xml|head|body|[a-z]+[\s>])/i.test(text)) {
    const title = /<title[^>]*>([^<]*)/i.exec(text)?.[1]?.trim()
    return other('html', {
      code: 'PT1005',
      message: `the file is a web page${title ? ` ("${excerpt(title)}")` : ''}, not a model: the download led to an error or login page`,
      fix: 'download the file itself: open the address in a browser, or use the "raw" or "resolve" link.',
    })
  }
  if (/^[{[]/.test(text)) {
    return other('json', {
      code: 'PT1006',
      message: `the file is JSON text (${excerpt(text)}), not a model`,
      fix: 'if this is the answer of a server, the download failed: download the file again.',
    })
  }
  const python = /^\s*(import torch|from torch|import |from \S+ import|class \w+|def \w+)/m.test(text)
  return python
    ? other('python', {
        code: 'PT1026',
        message: 'the file is Python source text, not a saved model',
        fix: "run it in Python and save the model with torch.jit.script(model).save('net.pt').",
      })
    : other('text', {
        code: 'PT1026',
        message: `the file is plain text (${excerpt(text)}), not a model`,
        fix: 'download or export the model again.',
      })
}
