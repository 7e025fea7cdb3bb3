import { type Drift, type Fault, isFault } from './answers.ts'
import { say, showTable } from './elements.ts'
import { minute, number } from './words.ts'

/** How the newest rows lie beside those of the training. */
export function driftTable(current: () => Drift | Fault | null): { show(): void } {
  const refresh = showTable(
    'drift',
    () => ({
      names: ['column', 'of the model', 'verdict', 'distance', 'p', 'Evidently', 'how'],
      rows: (reportOf(current())?.columns ?? []).map(
        ({ name, used_by_model: isUsed, verdict, distance, p, evidently, evidently_drifted: isDrifted, shift }) => [
          ...[name, isUsed === null ? '–' : isUsed ? 'yes' : 'no', verdict, number(distance), number(p, 3)],
          ...[`${number(evidently)}${isDrifted ? ' drifted' : ''}`, shift],
        ],
      ),
    }),
    'nothing has been compared yet',
  )
  const show = (): void => {
    const answer = current()
    const report = reportOf(answer)
    if (report === null) {
      say('drift-short', answer === null ? '–' : isFault(answer) ? answer.error : (answer.reason ?? '–'))
      say('drift-why', '')
    } else {
      const ofModel = report.columns.filter(one => one.used_by_model === true)
      const moved = ofModel.filter(({ verdict }) => verdict === 'drifted').length
      say('drift-short', `${moved} of the model's ${ofModel.length} columns; ${report.advice.text}`)
      say(
        'drift-why',
        `${report.advice.why} ${spanOf(report.current)}, against the training's ${spanOf(report.reference)}.`,
      )
    }
    refresh()
  }
  return { show }
}

function reportOf(answer: Drift | Fault | null): Drift['report'] {
  return answer === null || isFault(answer) ? null : answer.report
}

function spanOf({ rows, from, to }: NonNullable<Drift['report']>['current']): string {
  const of = (iso: string | null): string => (iso === null ? '–' : minute(Date.parse(iso) / 1000))
  return `${number(rows, 0)} rows of ${of(from)} to ${of(to)} UTC`
}
