import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { metadataKeys } from '../../src/core/features/metadata.ts'
import { train } from '../../src/jobs/train/run.ts'
import { refuseOtherTables } from '../../src/stores/own_tables.ts'
import { writeTable } from '../../src/stores/parquet.ts'
import { makeMarket } from '../fixtures/eda_market.ts'

const folder = mkdtempSync(join(tmpdir(), 'spike60-own-tables-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('what spike60 wrote beside a feature file may be replaced; what anybody else wrote there is named, and stays', async () => {
  const [own, other, text] = ['own', 'other', 'text'].map(name => join(folder, `${name}.parquet`))
  await writeTable(own, makeMarket({ seconds: 5 }), { [metadataKeys.simulated]: 'true' })
  await writeTable(other, makeMarket({ seconds: 5 }), {})
  writeFileSync(text, 'years of work')
  await refuseOtherTables([own, join(folder, 'none.parquet')])
  await expect(refuseOtherTables([own, other, text])).rejects.toMatchObject({
    exit: 2,
    faults: [other, text].map(
      path => `${path}: is no file of spike60's and would be replaced; move it away, or give it another name`,
    ),
  })
})

test('a training stops before it begins at a file of that name that it did not write', async () => {
  const mine = join(folder, 'features_test.parquet')
  writeFileSync(mine, 'years of work')
  const begun = train({ features: join(folder, 'features.parquet'), out: folder, config: readConfig() })
  await expect(begun).rejects.toThrow(/features_test.parquet: is no file of spike60's/)
  expect(readFileSync(mine, 'utf8')).toBe('years of work')
})
