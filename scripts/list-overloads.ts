// Prints the overloads that torch has of supported operators and the lowering table lacks: functional ones, without `out=` and names of axes.
// `R` marks those that a rule evaluates at build time. `node scripts/list-overloads.ts --all` prints those of all operators.

import { loweringSchemas } from '../src/onnx/lowering/index.ts'
import { ruleSchemas } from '../src/ops/rules/index.ts'
import { operatorNames, schemaTexts } from '../src/ops/schemas/index.ts'

const lowered = new Set(loweringSchemas())
const ruled = new Set(ruleSchemas())
const operatorOf = (schema: string): string => schema.slice(0, schema.indexOf('(')).replace(/\..*$/, '')
const supported = new Set([...lowered].map(operatorOf))
const all = process.argv.includes('--all')

for (const name of [...operatorNames()].sort())
  if (all || supported.has(name))
    for (const schema of schemaTexts(name))
      if (!lowered.has(schema) && !/!|out\(|Dimname/.test(schema)) console.log(`${ruled.has(schema) ? 'R' : ' '} ${schema}`)
