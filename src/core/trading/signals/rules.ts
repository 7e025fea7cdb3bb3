import { exitAnyRule } from './exit_any.ts'
import type { Rule } from './rule.ts'
import { seedRule } from './seed.ts'

/** How a position is left, by the name that options and rows have for it. */
export const exitNames = ['seed', 'exit_any'] as const
export type ExitName = (typeof exitNames)[number]

/** Rules by name: they buy alike, and differ in when they sell. */
export const rules: Record<ExitName, Rule> = { seed: seedRule, exit_any: exitAnyRule }
