/** A panel of one query; `sql` of Postgres has columns `time`, values, and `metric` where there are several lines. */
export type PanelOf = { title: string; help: string; unit: string } & (
  | { expr: string; legend: string }
  | { sql: string }
)

export interface DashboardOf {
  name: 'operations' | 'market' | 'model'
  title: string
  rows: { title: string; panels: PanelOf[] }[]
}

const since = (time: string): string => `WHERE $__timeFilter(${time})`

const operations: DashboardOf = {
  name: 'operations',
  title: 'spike60: operations',
  rows: [
    {
      title: 'Jobs',
      panels: [
        { title: 'Answers', help: '1 for a job that answers Prometheus', unit: 'short', expr: 'up', legend: '{{job}}' },
        {
          title: 'Ready',
          help: '1 for a job that reads and commits; its /readyz says why it does not',
          unit: 'short',
          expr: 'label_replace({__name__=~"spike60_.+_ready"}, "of", "$1", "__name__", "spike60_(.+)_ready")',
          legend: '{{of}}',
        },
        {
          title: 'Memory',
          help: 'Resident',
          unit: 'bytes',
          expr: 'spike60_process_resident_memory_bytes',
          legend: '{{job}}',
        },
        {
          title: 'Processor',
          help: 'Cores',
          unit: 'short',
          expr: 'rate(spike60_process_cpu_seconds_total[1m])',
          legend: '{{job}}',
        },
        {
          title: 'Open files',
          help: 'Files and sockets',
          unit: 'short',
          expr: 'spike60_process_open_files',
          legend: '{{job}}',
        },
      ],
    },
    {
      title: 'In',
      panels: [
        {
          title: 'Messages',
          help: 'Frames of the exchange a second',
          unit: 'cps',
          expr: 'rate(spike60_ingest_frames_total[1m])',
          legend: 'frames',
        },
        {
          title: 'Since the last message',
          help: 'The alert NoData comes at 30 s',
          unit: 's',
          expr: 'time() - spike60_ingest_last_message_timestamp_seconds',
          legend: 'silence',
        },
        {
          title: 'Events published',
          help: 'Market events a second, by type',
          unit: 'cps',
          expr: 'rate(spike60_ingest_published_events_total[1m])',
          legend: '{{type}}',
        },
        {
          title: 'Not published yet',
          help: 'Bronze that waits for the broker',
          unit: 'bytes',
          expr: 'spike60_ingest_backlog_bytes',
          legend: 'bronze',
        },
        {
          title: 'Reconnects and gaps',
          help: 'In ten minutes',
          unit: 'short',
          expr: 'label_replace(increase(spike60_ingest_reconnects_total[10m]), "what", "reconnects", "", "") or label_replace(increase(spike60_ingest_gaps_total[10m]), "what", "gaps", "", "")',
          legend: '{{what}}',
        },
        {
          title: 'Dead letters',
          help: 'What could not be read, by reason, in ten minutes',
          unit: 'short',
          expr: 'increase(spike60_ingest_dead_letters_total[10m])',
          legend: '{{reason}}',
        },
      ],
    },
    {
      title: 'Through',
      panels: [
        {
          title: 'Records behind',
          help: 'Of the input behind the committed position, the fullest partition',
          unit: 'short',
          expr: 'max by (job) ({__name__=~"spike60_.+_lag_records"})',
          legend: '{{job}}',
        },
        {
          title: 'Behind the clock',
          help: 'Clock less watermark: the age of the newest rows; of a replay the age of its data',
          unit: 's',
          expr: 'spike60_featurizer_watermark_delay_seconds',
          legend: '{{product}}',
        },
        {
          title: 'Rows',
          help: 'Rows of features a second',
          unit: 'cps',
          expr: 'rate(spike60_featurizer_rows_total[1m])',
          legend: 'rows',
        },
        {
          title: 'Late and rejected',
          help: 'Share of the events',
          unit: 'percentunit',
          expr: 'label_replace(sum(rate(spike60_featurizer_late_total[5m])) / sum(rate(spike60_featurizer_events_total[5m])), "what", "late", "", "") or label_replace(sum(rate(spike60_featurizer_rejected_total[5m])) / sum(rate(spike60_featurizer_events_total[5m])), "what", "rejected", "", "")',
          legend: '{{what}}',
        },
        {
          title: 'Transactions, median',
          help: 'Time that half of them took to commit at most',
          unit: 's',
          expr: quantile(0.5),
          legend: '{{job}}',
        },
        {
          title: 'Transactions, 99th percentile',
          help: 'Time that 99 of 100 took to commit at most',
          unit: 's',
          expr: quantile(0.99),
          legend: '{{job}}',
        },
      ],
    },
    {
      title: 'Out',
      panels: [
        {
          title: 'Requests',
          help: 'Answers of the API a second, by status',
          unit: 'reqps',
          expr: 'sum by (status) (rate(spike60_api_requests_total[1m]))',
          legend: '{{status}}',
        },
        {
          title: 'Answers, 99th percentile',
          help: 'From a request to its whole answer, by route',
          unit: 's',
          expr: 'histogram_quantile(0.99, sum by (route, le) (rate(spike60_api_request_duration_seconds_bucket[5m])))',
          legend: '{{route}}',
        },
        {
          title: 'Open streams',
          help: 'Browsers that hear of each record as it comes',
          unit: 'short',
          expr: 'spike60_api_event_streams',
          legend: 'streams',
        },
      ],
    },
  ],
}

function quantile(share: number): string {
  return `histogram_quantile(${share}, sum by (job, le) (rate({__name__=~"spike60_.+_transaction_duration_seconds_bucket"}[5m])))`
}

const market: DashboardOf = {
  name: 'market',
  title: 'spike60: market',
  rows: [
    {
      title: 'Prices',
      panels: [
        {
          title: 'Close',
          help: 'Candles of a minute; the exchange’s own beside those of trades',
          unit: 'short',
          sql: `SELECT window_start AS time, product || ' ' || source AS metric, close FROM market_candles ${since('window_start')} ORDER BY 1`,
        },
        {
          title: 'VWAP of a minute',
          help: 'Newest revision',
          unit: 'short',
          sql: `SELECT window_end AS time, product AS metric, vwap FROM market_windows ${since('window_end')} AND window_end - window_start = interval '1 minute' ORDER BY 1`,
        },
        {
          title: 'Deviation of returns',
          help: 'Within a minute, of its panes of ten seconds',
          unit: 'short',
          sql: `SELECT window_end AS time, product AS metric, return_std FROM market_windows ${since('window_end')} AND window_end - window_start = interval '1 minute' ORDER BY 1`,
        },
        {
          title: 'Volume',
          help: 'Of a minute, base units',
          unit: 'short',
          sql: `SELECT window_start AS time, product AS metric, volume::float8 AS volume FROM market_candles ${since('window_start')} AND source = 'trades' ORDER BY 1`,
        },
      ],
    },
    {
      title: 'Windows and what stands apart',
      panels: [
        {
          title: 'Revisions',
          help: 'How often windows were revised by trades that came late',
          unit: 'short',
          sql: `SELECT window_end AS time, product AS metric, max(revision) AS revision FROM market_windows ${since('window_end')} GROUP BY 1, 2 ORDER BY 1`,
        },
        {
          title: 'Volume, z',
          help: 'Of the minute against those before it',
          unit: 'short',
          sql: `SELECT window_start AS time, product AS metric, volume_zscore FROM market_aggregations ${since('window_start')} ORDER BY 1`,
        },
        {
          title: 'Anomalies',
          help: 'Score of each trade that stands apart',
          unit: 'short',
          sql: `SELECT window_start AS time, product AS metric, max(anomaly_score) AS score FROM market_anomalies ${since('window_start')} GROUP BY 1, 2 ORDER BY 1`,
        },
        {
          title: 'Sentiment of headlines',
          help: 'Compound, from −1 to 1',
          unit: 'short',
          sql: `SELECT window_start AS time, product AS metric, avg(sentiment_score) AS compound FROM market_sentiment ${since('window_start')} GROUP BY 1, 2 ORDER BY 1`,
        },
        {
          title: 'Refused records',
          help: 'Records of topics that are no row, all that there are',
          unit: 'short',
          sql: 'SELECT now() AS time, topic AS metric, count(*) AS records FROM store_refused GROUP BY 2 ORDER BY 2',
        },
      ],
    },
  ],
}

const model: DashboardOf = {
  name: 'model',
  title: 'spike60: model',
  rows: [
    {
      title: 'How good is it? The latest settled predictions',
      panels: [
        {
          title: 'PR-AUC',
          help: 'Average precision; chance gives the prevalence beside it',
          unit: 'short',
          expr: 'spike60_settle_pr_auc',
          legend: '{{model}}',
        },
        {
          title: 'Prevalence',
          help: 'Share of spikes: the PR-AUC of a score without knowledge',
          unit: 'percentunit',
          expr: 'spike60_settle_prevalence',
          legend: '{{model}}',
        },
        {
          title: 'Lift',
          help: 'PR-AUC over prevalence: 1 is chance',
          unit: 'short',
          expr: 'spike60_settle_pr_auc / spike60_settle_prevalence',
          legend: '{{model}}',
        },
        {
          title: 'Brier score',
          help: 'Lower is better; always saying the prevalence p gives p (1 − p)',
          unit: 'short',
          expr: 'spike60_settle_brier',
          legend: '{{model}}',
        },
        {
          title: 'Calibration error',
          help: 'Expected, in probability',
          unit: 'short',
          expr: 'spike60_settle_ece',
          legend: '{{model}}',
        },
        {
          title: 'Settled and waiting',
          help: 'Predictions whose minute is over, and those whose is not',
          unit: 'short',
          expr: 'label_replace(spike60_settle_settled, "what", "settled", "", "") or label_replace(spike60_settle_waiting, "what", "waiting", "", "")',
          legend: '{{model}} {{what}}',
        },
      ],
    },
    {
      title: 'What it does',
      panels: [
        {
          title: 'Rows scored',
          help: 'A second',
          unit: 'cps',
          expr: 'rate(spike60_scorer_rows_total[1m])',
          legend: 'rows',
        },
        {
          title: 'Alarms',
          help: 'Share of the rows that reach its threshold',
          unit: 'percentunit',
          expr: 'rate(spike60_scorer_alarms_total[10m]) / rate(spike60_scorer_rows_total[10m])',
          legend: 'alarms',
        },
        {
          title: 'Time of a row',
          help: 'From a row to its prediction, without the broker',
          unit: 's',
          expr: 'spike60_scorer_row_seconds',
          legend: 'p{{percentile}}',
        },
        {
          title: 'Left out',
          help: 'Rows of products that it does not know, and records that are no rows',
          unit: 'short',
          expr: 'label_replace(increase(spike60_scorer_skipped_total[10m]), "what", "unknown", "", "") or label_replace(increase(spike60_scorer_dead_letters_total[10m]), "what", "dead letters", "", "")',
          legend: '{{what}}',
        },
      ],
    },
  ],
}

export const dashboards: DashboardOf[] = [operations, market, model]
