import { parseAst } from 'rolldown/parseAst'

/** One small fault put into a file: the text from `start` to `end` becomes `after`. */
export interface Mutant {
  start: number
  end: number
  after: string
  line: number
  /** The lines that it touches, before and after, without indentation: with the file's path they name it, wherever it moves. */
  was: string
  now: string
}

interface Node {
  type: string
  start: number
  end: number
  // biome-ignore lint/suspicious/noExplicitAny: ESTree's nodes differ in what they hold.
  [key: string]: any
}

const swapped: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&': '|',
  '|': '&',
  '<<': '>>',
  '>>': '<<',
  '>>>': '<<',
  '&&': '||',
  '||': '&&',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '++': '--',
  '--': '++',
  min: 'max',
  max: 'min',
  floor: 'ceil',
  ceil: 'floor',
  some: 'every',
  every: 'some',
}
const exits = /^(Return|Continue|Break|Throw)Statement$/
/** What only the types or a reader of messages see. */
const unseen = /^(TS(?!AsExpression|NonNullExpression|SatisfiesExpression)|ImportDeclaration|ExportAllDeclaration)/

/**
 * Every mutant of a file, in the order of its text: comparisons and their boundary, arithmetic, logic, constants, removed calls,
 * assignments and early exits, sides of `??`, min and max, the order of sorting, the bounds of slices.
 */
export function mutantsOf(text: string): Mutant[] {
  const mutants: Mutant[] = []
  const add = (start: number, end: number, after: string): void => {
    const from = text.lastIndexOf('\n', start - 1) + 1
    const to = text.indexOf('\n', end)
    const lines = (inner: string): string =>
      `${text.slice(from, start)}${inner}${text.slice(end, to)}`.replace(/\s+/g, ' ').trim()
    const line = text.slice(0, start).split('\n').length
    mutants.push({ start, end, after, line, was: lines(text.slice(start, end)), now: lines(after) })
  }
  const visit = (node: Node, parent: Node): void => {
    if (unseen.test(node.type)) return
    mutate(node, parent, text, add)
    if (node.type === 'ThrowStatement') return
    for (const [key, child] of Object.entries(node)) {
      if (/^(typeAnnotation|returnType|typeParameters|typeArguments|superTypeArguments)$/.test(key)) continue
      for (const one of Array.isArray(child) ? child : [child]) if (typeof one?.type === 'string') visit(one, node)
    }
  }
  const program = parseAst(text, { lang: 'ts' }) as unknown as Node
  visit(program, program)
  return mutants
}

/** The file with the mutant in it. */
export function mutated(text: string, { start, end, after }: Mutant): string {
  return `${text.slice(0, start)}${after}${text.slice(end)}`
}

type Add = (start: number, end: number, after: string) => void

function mutate(node: Node, parent: Node, text: string, add: Add): void {
  const { type, start, end } = node
  const source = (part: Node): string => `(${text.slice(part.start, part.end)})`
  const isText = (part: Node): boolean => part.type === 'TemplateLiteral' || typeof part.value === 'string'
  if (/^(Binary|Logical|Assignment)Expression$/.test(type)) {
    const { left, right, operator } = node
    const at = text.indexOf(operator, left.end)
    if (swapped[operator] && !(operator === '+' && (isText(left) || isText(right))))
      add(at, at + operator.length, swapped[operator])
    if (operator === '??') {
      add(start, end, source(left))
      add(start, end, source(right))
    }
  } else if (type === 'UpdateExpression' && parent.type !== 'ForStatement') {
    const at = node.prefix ? start : end - 2
    add(at, at + 2, swapped[node.operator])
  } else if (type === 'UnaryExpression' && node.operator === '!') add(start, end, source(node.argument))
  else if (type === 'Literal' && typeof node.value === 'boolean') add(start, end, String(!node.value))
  else if (type === 'Literal' && typeof node.value === 'number' && parent.key !== node) {
    // One more or less of a million is no other number.
    const { value } = node
    add(start, end, String(value < 10_000 ? value + 1 : 2 * value))
    add(start, end, `(${value < 10_000 ? value - 1 : value / 2})`)
  } else if (type === 'ExpressionStatement' && /^(Call|Await|Assignment)Expression$/.test(node.expression.type))
    add(start, end, ';')
  else if (exits.test(type) && /^(IfStatement|SwitchCase)$/.test(parent.type)) add(start, end, ';')
  else if (type === 'BlockStatement' && parent.type === 'IfStatement' && exits.test(node.body.at(-1)?.type))
    add(node.body.at(-1).start, node.body.at(-1).end, ';')
  else if (type === 'CallExpression' && node.callee.type === 'MemberExpression')
    mutateCall(node, node.callee.property.name ?? '', text, add)
}

function mutateCall({ callee, arguments: given, end }: Node, name: string, text: string, add: Add): void {
  if (Object.hasOwn(swapped, name) && /^[a-z]/.test(name))
    add(callee.property.start, callee.property.end, swapped[name])
  if (/^(sort|toSorted)$/.test(name)) add(end, end, '.reverse()')
  if (/^(slice|subarray)$/.test(name))
    for (const bound of given)
      if (bound.type !== 'Literal') add(bound.start, bound.end, `(${text.slice(bound.start, bound.end)}) + 1`)
}
