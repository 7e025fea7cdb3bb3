import type { Config } from '../../config.ts'
import { everyRow, type FeatureTable } from '../features/table.ts'
import type { Artifact, Provenance } from './artifact/artifact.ts'
import type { ModelReport } from './judge/evaluation.ts'
import { permutationImportance } from './judge/importance.ts'
import type { JudgedFold } from './judge/stretch.ts'
import { drawnCurve, reliabilityByQuantile } from './metrics/curves.ts'
import { judgedRows } from './metrics/judged_rows.ts'
import { judgeProbabilities } from './metrics/probability_metrics.ts'
import { bestThreshold } from './metrics/threshold.ts'
import { fitAll, recipesOf } from './recipes/all.ts'
import type { Model, Prediction, Recipe } from './recipes/recipe.ts'
import type { LabelledSplit } from './split/labelled_split.ts'
import type { Tell } from './tell.ts'

/** A model of a training, with its prediction for every row of the table. */
export interface TrainedModel extends Prediction {
  recipe: Recipe
  model: Model
  /** As it was before it was calibrated on validation; null where it was not. */
  uncalibrated: Model | null
  /** Score of the best F1 on `picked_on`. */
  threshold: number | null
  picked_on: 'validation' | 'train'
}

/** Fits all recipes on training; calibrates on validation where that is not degenerate, and picks thresholds there if it has a spike. */
export function trainModels(
  table: FeatureTable,
  { split, labels, tau: { tau }, segments }: LabelledSplit,
  settings: Config['models'],
  tell: Tell = () => {},
): TrainedModel[] {
  const recipes = recipesOf('training')
  const training = { table, rows: split.train, labels, tau, settings }
  const fitted = fitAll(recipes, training, tell)
  const isUsable = segments.validation.degenerate === null
  return recipes.map(recipe => {
    const first = fitted[recipe.name]
    const calibrated = (isUsable && first.calibrate?.({ ...training, rows: split.validation })) || null
    const model = calibrated ?? first
    const prediction = model.predict(table, everyRow(table))
    const best = (rows: Int32Array) => bestThreshold(at(rows, labels), at(rows, prediction.score))
    const onValidation = best(split.validation)
    return {
      ...prediction,
      ...{ recipe, model, uncalibrated: calibrated && first },
      threshold: onValidation ?? best(split.train),
      picked_on: onValidation === null ? 'train' : 'validation',
    }
  })
}

/** A judged segment as the one fold of a walk: its rows, and the prediction of every model for them. */
export function foldOf(
  name: 'validation' | 'test',
  table: FeatureTable,
  { split, labels, tau: { tau }, segments }: LabelledSplit,
  trained: TrainedModel[],
): JudgedFold {
  const rows = split[name]
  return {
    segment: segments[name],
    from: { validation: split.validationFrom, test: split.testFrom }[name],
    rows: judgedRows(table, rows, labels, tau, name),
    models: trained.map(({ recipe: { name, title, kind, probability }, threshold, score, sigma }) => ({
      ...{ name, title, kind, probability, threshold },
      score: at(rows, score),
      sigma: sigma && at(rows, sigma),
    })),
  }
}

/** What the evaluation says of a model beside its figures. */
export function reportModel(
  table: FeatureTable,
  { split, labels, segments }: LabelledSplit,
  { recipe, model, uncalibrated, score, picked_on }: TrainedModel,
): ModelReport {
  const { name, title, kind, probability } = recipe
  const label = at(split.test, labels)
  const onTest = at(split.test, score)
  const isRanked = kind === 'learned' && segments.validation.degenerate === null
  return {
    ...{ name, title, kind },
    recipe: model.recipe,
    params: { ...model.params, threshold_picked_on: picked_on },
    weights: model.weights,
    importance: isRanked ? permutationImportance(table, split.validation, labels, model) : [],
    before_calibration: uncalibrated && judgeProbabilities(label, uncalibrated.predict(table, split.test).score),
    curve: drawnCurve(label, onTest),
    reliability: probability ? reliabilityByQuantile(label, onTest) : [],
  }
}

/** The model as it is saved; null for a rule, of which nothing is. */
export function artifactOf(
  { recipe: { name }, model: { linear, volatility, inputs }, threshold }: TrainedModel,
  provenance: Omit<Provenance, 'name' | 'inputs'>,
): Artifact | null {
  const rest = { inputs, ...provenance, threshold: threshold ?? provenance.threshold }
  if (linear) return { format: 'spike60-linear', name, ...linear, ...rest }
  return volatility ? { format: 'spike60-volatility', name, ...volatility, ...rest } : null
}

function at(rows: Int32Array, values: Float64Array): Float64Array {
  return Float64Array.from(rows, row => values[row])
}
