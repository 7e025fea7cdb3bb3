import type { Config } from '../../../config.ts'
import { average } from './average.ts'
import { boostingClassifier } from './boosting_classifier.ts'
import { boostingRegression } from './boosting_regression.ts'
import { har } from './har.ts'
import { logistic } from './logistic.ts'
import type { Model } from './model.ts'
import { perProduct } from './per_product.ts'
import { ridge } from './ridge.ts'
import { rules } from './rules.ts'

/** Everything that a walk-forward judges, in the order shown. */
export function contestants(config: Config): Model[] {
  const fixed = average(config)
  return [
    ...rules,
    har,
    logistic(config),
    ridge(config),
    boostingRegression(config),
    boostingClassifier(config),
    fixed,
    perProduct(fixed),
  ]
}
