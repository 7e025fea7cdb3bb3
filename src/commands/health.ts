import { SpikeError } from '../errors.ts'
import { command, runCommand } from '../operations/command.ts'
import { checkHealth } from '../operations/health.ts'

interface Options {
  file?: string
}

const program = command(
  'health',
  'Ends with 0 when the job that touches the file goes round, else with 1.',
  'node scripts/health.ts --file data/health/featurizer',
).option('--file <file>', 'file that the job touches', process.env.SPIKE60_HEALTH_FILE)

export const healthCommand = (argv?: string[]): Promise<void> =>
  runCommand<Options>(
    program,
    ({ file }) => {
      if (!file) throw new SpikeError('BAD_ARGUMENT', 'name the file with --file, or in SPIKE60_HEALTH_FILE')
      checkHealth(file, Date.now())
    },
    argv,
  )
