// Writes docker/grafana/dashboards/*.json, which Grafana reads in docker/compose.yaml.
import { writeFileSync } from 'node:fs'
import { buildDashboard } from './dashboards/build.ts'
import { dashboards } from './dashboards/panels.ts'

for (const one of dashboards)
  writeFileSync(
    new URL(`../docker/grafana/dashboards/${one.name}.json`, import.meta.url),
    `${JSON.stringify(buildDashboard(one), null, 1)}\n`,
  )
