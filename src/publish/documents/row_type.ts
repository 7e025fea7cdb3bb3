import { type FeatureSpec, volatilityFloor } from '../../core/features/feature.ts'
import { features, specVersion } from '../../core/features/spec.ts'

/** The TypeScript type of a row by the names of its features, each with unit, formula and look-back as the text that an editor shows. */
export function rowType(): string {
  return `/**
 * A row of spec ${specVersion}: the features at the end of a second; null where a feature has no value. Logs and ratios of
 * volatilities use max(x, ${volatilityFloor}).
 *
 * Written from src/core/features/spec.ts by \`npm run docs\`; do not edit by hand.
 */
export interface FeatureRow {
${features.map(member).join('\n')}
}
`
}

function member({ name, unit, formula, lookback, nullRule, source }: FeatureSpec): string {
  const seconds = lookback > 0 ? ` Looks back ${lookback} s.` : ''
  const empty = nullRule ? ` Null when: ${nullRule}.` : ''
  return `  /** \`${formula}\` (${unit}).${seconds}${empty} Source: ${source}. */\n  ${name}: number | null`
}
