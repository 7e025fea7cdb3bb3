import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { buildDashboard } from '../../scripts/dashboards/build.ts'
import { dashboards } from '../../scripts/dashboards/panels.ts'

const read = (path: string): string => readFileSync(new URL(`../../docker/grafana/${path}`, import.meta.url), 'utf8')

test.each(dashboards)('$name, as committed, is what node scripts/dashboards.ts writes', one => {
  expect(JSON.parse(read(`dashboards/${one.name}.json`))).toEqual(JSON.parse(JSON.stringify(buildDashboard(one))))
})

test('every panel says what it shows, and asks a source that is provisioned', () => {
  const { datasources } = parse(read('provisioning/datasources/sources.yaml')) as {
    datasources: { uid: string; type: string }[]
  }
  const known = datasources.map(({ uid, type }) => `${uid} ${type}`)
  for (const one of dashboards) {
    const panels = buildDashboard(one).panels!.flatMap(panel =>
      'datasource' in panel && panel.type !== 'row' ? [panel] : [],
    )
    expect(panels).toHaveLength(one.rows.flatMap(row => row.panels).length)
    for (const { datasource, description } of panels as {
      datasource: { uid: string; type: string }
      description: string
    }[]) {
      expect(known).toContain(`${datasource.uid} ${datasource.type}`)
      expect(description).not.toBe('')
    }
  }
})
