import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import { type Dashboard, DashboardBuilder, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import type { DashboardOf, PanelOf } from './panels.ts'

/** As docker/grafana/provisioning/datasources names them. */
const sources = {
  prometheus: { type: 'prometheus', uid: 'prometheus' },
  postgres: { type: 'grafana-postgresql-datasource', uid: 'postgres' },
}

function panel(given: PanelOf): PanelBuilder {
  const { title, help, unit } = given
  const [source, target] =
    'sql' in given
      ? [sources.postgres, sqlQuery(given.sql)]
      : [sources.prometheus, new DataqueryBuilder().expr(given.expr).legendFormat(given.legend)]
  return new PanelBuilder()
    .title(title)
    .description(help)
    .unit(unit)
    .datasource(source)
    .withTarget(target)
    .span(8)
    .height(7)
}

function sqlQuery(rawSql: string): Builder<Dataquery> {
  const query = {
    refId: 'A',
    datasource: sources.postgres,
    format: 'time_series',
    rawQuery: true,
    rawSql,
    _implementsDataqueryVariant() {},
  }
  return { build: () => query as unknown as Dataquery }
}

/** A dashboard as Grafana reads it. */
export function buildDashboard({ name, title, rows }: DashboardOf): Dashboard {
  const builder = new DashboardBuilder(title)
    .uid(`spike60-${name}`)
    .tags(['spike60'])
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .readonly()
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title))
    for (const one of row.panels) builder.withPanel(panel(one))
  }
  return builder.build()
}
