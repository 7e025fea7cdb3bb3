import { type Logger, levels, pino } from 'pino'
import { SpikeError } from '../errors.ts'
import { redact } from './redact.ts'

/**
 * A job's log: one JSON object a line on standard error, secrets taken out, from the level that LOG_LEVEL names (info).
 * @throws SpikeError BAD_CONFIG when there is no such level.
 */
export function createLog(level: string = process.env.LOG_LEVEL || 'info'): Logger {
  const known = [...Object.values(levels.labels), 'silent']
  if (!known.includes(level))
    throw new SpikeError('BAD_CONFIG', `environment: LOG_LEVEL is one of ${known.join(', ')}, not '${level}'`)
  return pino({ level, hooks: { streamWrite: line => redact(line) } }, pino.destination({ dest: 2, sync: true }))
}
