import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { replay } from '../../../src/jobs/replay/replay.ts'
import { train } from '../../../src/jobs/train/run.ts'
import { describeTraining } from '../../../src/publish/terminal/train_table.ts'
import { captureFile, lacksCaptures } from '../../fixtures/captures.ts'
import { needs } from '../../harness/needs.ts'

/**
 * A PR-AUC at P90 whose whole interval lies above this is presumed a leak on real data. A point may: in the last 24 minutes of
 * the two hours 61 % of the seconds before a five-minute mark are spikes, which the clock alone tells.
 */
const tooGood = 0.35

describe.each(['coinbase-ticker-2026-04-04T0319-2h-btc-eth', 'coinbase-ticker-2026-04-04T2254'])(
  'a real market: %s',
  name => {
    test('trains, passes its audit, and is not too good to be true', needs(lacksCaptures), async () => {
      const folder = mkdtempSync(join(tmpdir(), 'spike60-capture-'))
      try {
        const features = join(folder, 'features.parquet')
        const config = readConfig()
        await replay({ raw: [captureFile(`${name}.ndjson.gz`)], out: features, config })
        const result = await train({ features, out: folder, config })
        expect(result.simulated).toBe(false)
        const shuffles = ['shuffled_labels', 'shuffled_split']
        for (const { name, verdict, detail } of result.audit.checks)
          if (!shuffles.includes(name)) expect(verdict, `${name}: ${detail}`).toBe('passed')
        expect(result.audit.passed).toBe(true)
        for (const metrics of Object.values(result.splits.test.models)) {
          expect(metrics.pr_auc).toBeGreaterThan(0)
          expect(metrics.pr_auc_low ?? metrics.pr_auc).toBeLessThan(tooGood)
        }
        expect(describeTraining(result, readConfig())).toMatch(/persistence .*prevalence|prevalence[\s\S]*persistence/)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
  },
)
