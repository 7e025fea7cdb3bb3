import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { giveVerdict } from '../verdict.ts'
import type { Manifest } from './manifest.ts'

/** The note of the hand-off folder: which model is the base, and the exact steps to use it. */
export function selectedBase(evaluation: Evaluation, { model, slice }: Pick<Manifest, 'model' | 'slice'>): string {
  const verdict = giveVerdict(evaluation)
  const raw = slice.raw.join(' ')
  const taus = Object.entries(evaluation.tau)
    .map(([product, tau]) => `'${product}': ${tau}`)
    .join(', ')
  return `# Selected-base

The base is the model in \`${model}\`, as it is; nothing was merged from other projects.
${evaluation.simulated ? '\n**Simulated data**: the model was trained on, and the slice comes from, the simulated exchange.\n' : ''}
${verdict.sentence} ${verdict.caution}

## Exact steps

Run in a checkout of spike60, with this folder as \`handoff/\`. \`npm run setup\` comes first on a new machine.

1. Check every file, replay the slice and score it again; it must say that nothing differs:

       npm run handoff -- --check handoff

2. The same by hand. The digest must be \`${slice.digest}\` (${slice.rows} rows):

       npm run replay -- --raw ${slice.raw.map(path => `handoff/${path}`).join(' ')} --config handoff/config.yaml --out data/processed/slice.parquet
       npm run infer -- --features data/processed/slice.parquet --model handoff/${model} --out data/processed/slice_predictions.parquet

3. Start Kafka, MLflow, ingestor, featurizer, scorer and Prometheus (Docker; the files are those of the checkout):

       cp handoff/.env.example .env
       docker compose --env-file .env -f docker/compose.yaml up -d --build

4. Use the model from Python, without Node; volatility models read tau of the row's product as a column:

       pip install -r handoff/requirements.txt
       python -c "import mlflow, pandas as pd; rows = pd.read_parquet('handoff/${slice.features}'); rows['tau'] = rows['product'].map({${taus}}); print(mlflow.pyfunc.load_model('handoff/${model}').predict(rows)[:5])"

5. Train anew on your own capture (tau is then computed from your training rows):

       npm run ingest -- --pair ${evaluation.source.products[0]} --minutes 180
       npm run replay -- --raw 'data/raw/*.ndjson' --out data/processed/features.parquet
       npm run train -- --features data/processed/features.parquet

## What is here

| Path | What |
| --- | --- |
| \`${raw}\` | raw slice, ${slice.from} to ${slice.to}, ${slice.lines} lines |
| \`${slice.features}\` | features of that slice, replayed alone: long windows are null at its beginning |
| \`${slice.predictions}\` | scores of the model and the baselines on them |
| \`data/predictions.parquet\` | scores on the whole test segment of the training run |
| \`models/artifacts/\` | every learned model (JSON, ONNX, MLflow folder) and \`evaluation.json\`: all numbers, walk-forward and alarms too |
| \`reports/\` | \`model_eval.pdf\`, \`exploration.json\` (its plots as numbers), drift reports in \`evidently/\` |
| \`docs/\` | feature spec with this run's tau, model card, runbook |
| \`docker/\`, \`.env.example\`, \`config.yaml\` | compose file, Dockerfiles, Prometheus and its alert rules, settings of the run |
| \`requirements.txt\` | pins for a Python reader of the model |
| \`manifest.json\` | SHA-256 sum of every file, digest of the slice |
`
}
