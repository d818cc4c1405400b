// A line of code, a graph or a model in a few colours: names of values, operators, types, numbers, texts. One regular expression; no grammar.

import { el } from './dom.ts'
import type { StageKind } from '../src/compiler/explore/types.ts'

const TEXT = `"(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'`
const NUMBER = String.raw`(?<![\w.%])-?\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?\b`
const PATTERNS: Readonly<Record<StageKind, RegExp>> = {
  source: python(),
  code: python(),
  ir: new RegExp(
    `(?<text>${TEXT})|(?<value>%[\\w.:]+)|(?<operator>\\b(?:aten|prim|quantized|functional|host|onnx|torchvision)::\\w+)|(?<keyword>\\b(?:graph|return|block\\d+|with)\\b)|(?<type>\\b(?:Tensor|Float|Double|Half|Long|Int|Bool|int|float|bool|str|NoneType|Scalar)\\b)|(?<number>${NUMBER})`,
    'g',
  ),
  onnx: new RegExp(
    `(?<text>${TEXT})|(?<operator>(?<== )[\\w.]+(?= [(<]))|(?<type>\\b(?:u?int\\d+|float\\d+|bfloat16|bool|string|seq)\\b)|(?<keyword>^(?:input|weight|output)\\b)|(?<number>${NUMBER})`,
    'g',
  ),
  loader: new RegExp(
    `(?<comment>//.*$|^\\s*\\*.*$|/\\*.*?\\*/)|(?<text>${TEXT}|\`[^\`]*\`)|(?<keyword>\\b(?:import|export|from|const|let|default|function|async|await|return|if|else|for|of|while|new|type|interface|declare|throw|readonly|extends)\\b)|(?<number>${NUMBER})`,
    'g',
  ),
}

function python(): RegExp {
  return new RegExp(
    `(?<comment>#.*$)|(?<text>${TEXT})|(?<keyword>\\b(?:def|class|return|if|elif|else|for|while|in|not|and|or|is|None|True|False|import|from|as|with|raise|assert|pass|break|continue|self)\\b)|(?<type>\\b(?:Tensor|List|Dict|Optional|Tuple|int|float|bool|str)\\b)|(?<number>${NUMBER})`,
    'g',
  )
}

/** Lines longer than this stay plain. */
const MAX_COLOURED = 1200

export function coloured(text: string, kind: StageKind): Node[] {
  if (text.length > MAX_COLOURED) return [document.createTextNode(text)]
  const nodes: Node[] = []
  let at = 0
  for (const match of text.matchAll(PATTERNS[kind])) {
    const name = Object.entries(match.groups ?? {}).find(([, found]) => found !== undefined)?.[0]
    if (name === undefined || match[0] === '') continue
    if (match.index > at) nodes.push(document.createTextNode(text.slice(at, match.index)))
    nodes.push(el('span', `t-${name}`, match[0]))
    at = match.index + match[0].length
  }
  if (at < text.length) nodes.push(document.createTextNode(text.slice(at)))
  return nodes
}
