import { type Logger, levels, pino } from 'pino'
import pretty from 'pino-pretty'
import { SpikeError } from '../errors.ts'
import { redactJson } from './redact.ts'

/**
 * A job's log on standard error, secrets taken out, from the level that LOG_LEVEL names (info): lines for people on a terminal,
 * one JSON object a line for everything else.
 * @throws SpikeError BAD_CONFIG when there is no such level.
 */
export function createLog(level: string = process.env.LOG_LEVEL || 'info'): Logger {
  const known = [...Object.values(levels.labels), 'silent']
  if (!known.includes(level))
    throw new SpikeError('BAD_CONFIG', `environment: LOG_LEVEL is one of ${known.join(', ')}, not '${level}'`)
  const file = pino.destination({ dest: 2, sync: true })
  // A job does not end because its log cannot be written, on a full disk or to a reader that has gone.
  file.on('error', () => {})
  const destination = process.stderr.isTTY ? pretty({ ...forPeople, destination: file }) : file
  return pino({ level, hooks: { streamWrite: line => `${redactJson(line)}\n` } }, destination)
}

/** A line begins by taking away the progress that stands there. */
const forPeople = {
  ignore: 'pid,hostname',
  singleLine: true,
  sync: true,
  colorize: !process.env.NO_COLOR,
  translateTime: 'SYS:HH:MM:ss',
  customPrettifiers: { time: (time: string | object) => `\r\x1b[K${time}` },
}
