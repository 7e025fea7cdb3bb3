import { inspect } from 'node:util'
import { Command, CommanderError, Option } from 'commander'
import { SpikeError } from '../errors.ts'
import { systemFault } from '../files/fault.ts'
import { checkFilePlace, checkFolderPlace } from '../files/place.ts'
import { redact } from './redact.ts'

/**
 * A command that answers bad input with exit 2 and one line a fault, a crash with exit 1.
 * @param example shown at the end of `--help`.
 * @example
 * const program = command('feed', 'Puts saved data on a topic.', 'npm run feed -- --raw a.ndjson').addOption(topicsOption())
 * await runCommand<{ topics: string }>(program, ({ topics }) => console.log(topics))
 */
export function command(name: string, description: string, example: string): Command {
  return new Command(name)
    .description(description)
    .addHelpText('after', `\nExample:\n  ${example}\n`)
    .allowExcessArguments(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
}

/**
 * Parses the arguments, runs `action`, and turns what it throws into lines for people and an exit code. Ends quietly when
 * whoever reads its output has gone, as `head` does.
 */
export async function runCommand<Options>(
  program: Command,
  action: (options: Options) => Promise<void> | void,
  argv: string[] = process.argv,
): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
  try {
    program.parse(argv)
    await action(program.opts() as Options)
  } catch (error) {
    process.exitCode = report(program.name(), error)
  }
}

function report(name: string, error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    const said = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
    console.error(redact(`${name}: ${said} (see ${name} --help)`))
    return 2
  }
  if (error instanceof SpikeError) {
    for (const fault of error.faults) console.error(redact(`${name}: ${fault}`))
    return error.exit
  }
  const fault = systemFault(error)
  if (fault) {
    console.error(redact(`${name}: ${fault.line}`))
    return fault.exit
  }
  console.error(redact(inspect(error)))
  return 1
}

/** What a --topics option takes. */
export const topicEngines = 'embedded, embedded://FILE or kafka://HOST:PORT'

/** The --topics option of a command whose topics are where SPIKE60_TOPICS says, else in the embedded log. */
export function topicsOption(): Option {
  return new Option('--topics <engine>', topicEngines).default(process.env.SPIKE60_TOPICS ?? 'embedded')
}

/** Parser for a commander option that takes a whole number of at least `least`. */
export function wholeNumber(flag: string, least = 0): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least)
      throw new SpikeError('BAD_ARGUMENT', `${flag} takes a whole number of at least ${least}, not '${text}'`)
    return value
  }
}

/** Parser for a commander option that takes whole numbers of at least 0 with commas between. */
export function wholeNumbers(flag: string): (text: string) => number[] {
  return text => {
    if (!/^\d+(,\d+)*$/.test(text))
      throw new SpikeError('BAD_ARGUMENT', `${flag} takes whole numbers with commas between, not '${text}'`)
    return text.split(',').map(Number)
  }
}

/** Parser for a commander option that takes a positive number. */
export function positiveNumber(flag: string): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!Number.isFinite(value) || value <= 0)
      throw new SpikeError('BAD_ARGUMENT', `${flag} takes a number above 0, not '${text}'`)
    return value
  }
}

/** Parser for a commander option that names a file to be written: before any work is done it must be possible there. */
export function outputFile(flag: string): (text: string) => string {
  return text => {
    checkFilePlace(text, `${flag} ${text}`)
    return text
  }
}

/** The same for a folder. */
export function outputFolder(flag: string): (text: string) => string {
  return text => {
    checkFolderPlace(text, `${flag} ${text}`)
    return text
  }
}
