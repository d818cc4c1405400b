// Syntax trees of the Python subset, as discriminated unions with offsets into their source.
// Answers to torch/csrc/jit/frontend/tree_views.h.

interface Span {
  readonly start: number
  readonly end: number
}

export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '//'
  | '%'
  | '@'
  | '**'
  | '<<'
  | '>>'
  | '&'
  | '|'
  | '^'
  | '<'
  | '>'
  | '<='
  | '>='
  | '=='
  | '!='
  | 'in'
  | 'is'
  | 'is not'
  | 'and'
  | 'or'
export type UnaryOperator = '-' | '~' | 'not'
export type AugmentedOperator = '+' | '-' | '*' | '/' | '//' | '%' | '@' | '**' | '<<' | '>>' | '&' | '|' | '^'

export interface Name extends Span {
  readonly kind: 'name'
  readonly name: string
}
export interface Select extends Span {
  readonly kind: 'select'
  readonly value: Expr
  readonly name: string
}
export interface KeywordArgument extends Span {
  readonly name: string
  readonly value: Expr
}
export interface Call extends Span {
  readonly kind: 'call'
  readonly callee: Expr
  /** May hold `starred`. */
  readonly args: readonly Expr[]
  readonly kwargs: readonly KeywordArgument[]
}
export interface Subscript extends Span {
  readonly kind: 'subscript'
  readonly value: Expr
  /** `x[a, b]` has two; `slice` and `dots` occur only here. */
  readonly items: readonly Expr[]
}
export interface Slice extends Span {
  readonly kind: 'slice'
  readonly from: Expr | undefined
  readonly to: Expr | undefined
  readonly step: Expr | undefined
}
export interface StringLiteral extends Span {
  readonly kind: 'string'
  readonly value: string
}
export interface TupleLiteral extends Span {
  readonly kind: 'tuple'
  readonly items: readonly Expr[]
}
export interface ListLiteral extends Span {
  readonly kind: 'list'
  readonly items: readonly Expr[]
}
export interface DictLiteral extends Span {
  readonly kind: 'dict'
  readonly keys: readonly Expr[]
  readonly values: readonly Expr[]
}
export interface ListComprehension extends Span {
  readonly kind: 'list-comprehension'
  readonly element: Expr
  readonly target: Expr
  readonly iterable: Expr
}
export interface DictComprehension extends Span {
  readonly kind: 'dict-comprehension'
  readonly key: Expr
  readonly value: Expr
  readonly target: Expr
  readonly iterable: Expr
}
export interface Binary extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expr
  readonly right: Expr
}
export interface Unary extends Span {
  readonly kind: 'unary'
  readonly operator: UnaryOperator
  readonly operand: Expr
}
export interface Conditional extends Span {
  readonly kind: 'conditional'
  readonly condition: Expr
  readonly value: Expr
  readonly otherwise: Expr
}
export interface Starred extends Span {
  readonly kind: 'starred'
  readonly value: Expr
}

export type Expr =
  | Name
  | Select
  | Call
  | Subscript
  | Slice
  | StringLiteral
  | TupleLiteral
  | ListLiteral
  | DictLiteral
  | ListComprehension
  | DictComprehension
  | Binary
  | Unary
  | Conditional
  | Starred
  | (Span & { readonly kind: 'int'; readonly value: bigint })
  | (Span & { readonly kind: 'float'; readonly value: number })
  /** `2.j`: the imaginary part. */
  | (Span & { readonly kind: 'imaginary'; readonly value: number })
  | (Span & { readonly kind: 'true' | 'false' | 'none' | 'dots' })

export interface Assign extends Span {
  readonly kind: 'assign'
  /** `a = b = e` has two. */
  readonly targets: readonly Expr[]
  /** Absent in `x : int`. */
  readonly value: Expr | undefined
  readonly type: Expr | undefined
}
export interface AugmentedAssign extends Span {
  readonly kind: 'augmented-assign'
  readonly target: Expr
  readonly operator: AugmentedOperator
  readonly value: Expr
}
export interface If extends Span {
  readonly kind: 'if'
  readonly condition: Expr
  readonly body: readonly Stmt[]
  readonly otherwise: readonly Stmt[]
}
export interface While extends Span {
  readonly kind: 'while'
  readonly condition: Expr
  readonly body: readonly Stmt[]
}
export interface For extends Span {
  readonly kind: 'for'
  readonly target: Expr
  readonly iterable: Expr
  readonly body: readonly Stmt[]
}
export interface With extends Span {
  readonly kind: 'with'
  readonly items: readonly (Span & { readonly context: Expr; readonly target: Expr | undefined })[]
  readonly body: readonly Stmt[]
}
export interface Return extends Span {
  readonly kind: 'return'
  readonly value: Expr | undefined
}
export interface Raise extends Span {
  readonly kind: 'raise'
  readonly value: Expr
}
export interface Assert extends Span {
  readonly kind: 'assert'
  readonly test: Expr
  readonly message: Expr | undefined
}
export interface Delete extends Span {
  readonly kind: 'delete'
  readonly targets: readonly Expr[]
}
export interface Param extends Span {
  readonly name: string
  readonly type: Expr | undefined
  readonly default: Expr | undefined
  readonly kwargOnly: boolean
  /** `*args` or `**kwargs`: TorchScript has neither, Python that is never compiled may. */
  readonly variadic?: '*' | '**'
}
export interface Def extends Span {
  readonly kind: 'def'
  readonly name: string
  readonly params: readonly Param[]
  readonly returns: Expr | undefined
  readonly body: readonly Stmt[]
  readonly decorators: readonly Expr[]
}
export interface ClassDef extends Span {
  readonly kind: 'class'
  readonly name: string
  readonly bases: readonly Expr[]
  readonly body: readonly Stmt[]
  readonly decorators: readonly Expr[]
}
export interface Import extends Span {
  readonly kind: 'import'
  /** `from a.b import c as d`: module 'a.b', names [{name: 'c', as: 'd'}]. `import a.b as c` has no module. */
  readonly module: string | undefined
  readonly names: readonly { readonly name: string; readonly as: string | undefined }[]
}

export type Stmt =
  | (Span & { readonly kind: 'expression'; readonly value: Expr })
  | Assign
  | AugmentedAssign
  | If
  | While
  | For
  | With
  | Return
  | Raise
  | Assert
  | Delete
  | Def
  | ClassDef
  | Import
  | (Span & { readonly kind: 'pass' | 'break' | 'continue' })
