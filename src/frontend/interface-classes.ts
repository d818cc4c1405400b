// Who implements an interface: what a call through it may run. Answers to InterfaceType in aten/src/ATen/core/interface_type.h.

import { classOf } from '../ir/type.ts'
import type { CompilationUnit } from './compilation-unit.ts'
import type { ScriptFunction } from './script-function.ts'

export interface InterfaceClasses {
  /** Its objects are submodules. */
  readonly isModule: boolean
  readonly implementedBy: (className: string) => boolean
  /** The plain classes whose objects a method that is compiled can make, or one that these can call. */
  readonly classes: () => readonly string[]
}

/** @param compile compiles a method and all that it calls, which may load more classes */
export function interfaceClasses(
  unit: CompilationUnit,
  name: string,
  compile: (method: ScriptFunction) => void,
): InterfaceClasses | undefined {
  const found = unit.interface(name)
  if (found === undefined) return undefined
  const implementedBy = (className: string): boolean => unit.subtype(classOf(className), found.type)
  return {
    isModule: found.isModule,
    implementedBy,
    classes: () => {
      compileAll(unit, compile)
      return [...unit.classes()].filter((cls) => !cls.isModule && implementedBy(cls.name)).map((cls) => cls.name)
    },
  }
}

/** Compiles every method that some interface can reach, until no more classes turn up. */
function compileAll(unit: CompilationUnit, compile: (method: ScriptFunction) => void): void {
  const seen = new Set<ScriptFunction>()
  for (let before = -1; before < seen.size;) {
    before = seen.size
    for (const face of unit.interfaces())
      // Classes that are loaded meanwhile come at the end.
      for (const cls of unit.classes()) {
        if (cls.isModule || !unit.subtype(cls.type, face.type)) continue
        for (const method of [...face.methods.keys()].map((own) => cls.methods.get(own)!)) {
          if (seen.has(method)) continue
          seen.add(method)
          compile(method)
        }
      }
  }
}
