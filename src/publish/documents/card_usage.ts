import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../../core/models/judge/lead.ts'
import { score } from '../numbers.ts'

/** What model hubs read at the head of a card (Hugging Face, model cards): the lead's figures on test, beside the prevalence. */
export function frontMatter(evaluation: Evaluation): string {
  const { simulated, source, splits } = evaluation
  const lead = leadOf(evaluation)
  const metric = (type: string, name: string, value: number | null): string[] =>
    value === null
      ? []
      : [`          - type: ${type}`, `            name: ${name}`, `            value: ${score(value, 4)}`]
  const results = lead
    ? [
        'model-index:',
        `  - name: ${lead.name}`,
        '    results:',
        '      - task:',
        '          type: tabular-classification',
        '        dataset:',
        `          name: ${simulated ? 'simulated exchange' : source.products.join(', ')}, test segment from ${splits.test.from.slice(0, 19)}Z`,
        `          type: ${simulated ? 'simulated' : 'market-data'}`,
        '        metrics:',
        ...metric('average_precision', 'PR-AUC', lead.pr_auc),
        ...metric('prevalence', 'Prevalence, or no knowledge', splits.test.prevalence),
        ...metric('brier_score', 'Brier score', lead.brier),
      ]
    : []
  const tags = ['volatility', 'time-series', ...(simulated ? ['simulated-data'] : [])]
  return `${['---', 'license: mit', 'library_name: onnx', 'pipeline_tag: tabular-classification', 'tags:', ...tags.map(tag => `  - ${tag}`), ...results, '---'].join('\n')}\n`
}

/** How a model of that name is used from Python and from TypeScript, in six lines each. */
export function usage(lead: string): string {
  return `## How to use it

The feature files that a training writes carry what every model needs, each row's \`tau\` too.

\`\`\`python
import mlflow, pandas
model = mlflow.pyfunc.load_model("models/artifacts/${lead}")
rows = pandas.read_parquet("data/processed/features_test.parquet")
rows["probability"] = model.predict(rows)["probability"]
rows["alarm"] = rows["probability"] >= model.metadata.metadata["threshold"]
print(rows[["product", "time", "probability", "alarm", "label"]].tail())
\`\`\`

\`\`\`ts
import { scoreRows } from 'spike60/models'
import { loadModel, readTable } from 'spike60/replay'
const model = loadModel('models/artifacts/${lead}')
const { table } = await readTable('data/processed/features_test.parquet')
const probability = scoreRows(model, table)
console.log(table.product.at(-1), probability.at(-1), probability.at(-1)! >= model.threshold)
\`\`\``
}
