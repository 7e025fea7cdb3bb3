import type { Evaluation } from '../../core/models/judge/evaluation.ts'
import { leadOf } from '../../core/models/judge/lead.ts'
import { count } from '../numbers.ts'

/** Alarms against spikes on test, in seconds, for the recipe that the verdict speaks of; undefined where it sounds none. */
export function confusionOf(evaluation: Evaluation): { title: string; header: string[]; rows: string[][] } | undefined {
  const { rows, positives } = evaluation.splits.test
  const lead = leadOf(evaluation)
  if (!lead?.precision || lead.recall === null) return undefined
  const caught = Math.round(lead.recall * positives)
  const alarms = Math.round(caught / lead.precision)
  const line = (name: string, ...counts: number[]): string[] => [name, ...counts.map(count)]
  return {
    title: lead.title,
    header: ['', 'Alarm', 'No alarm', 'All'],
    rows: [
      line('Spike', caught, positives - caught, positives),
      line('No spike', alarms - caught, rows - positives - alarms + caught, rows - positives),
      line('All', alarms, rows - alarms, rows),
    ],
  }
}
