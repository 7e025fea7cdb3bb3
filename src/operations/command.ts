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

/** Given after a command's name, it prints the command's options, one a line, for the shell's completion. */
export const listOptions = '--list-options'

/**
 * Parses the arguments, runs `action`, and turns what it throws into lines for people and an exit code. Ends quietly when
 * whoever reads its output has gone, as `head` does.
 * @param argv its second word is how it was called: 'spike60 train' is then the name in help and faults.
 */
export async function runCommand<Options>(
  program: Command,
  action: (options: Options) => Promise<void> | void,
  argv: string[] = process.argv,
): Promise<void> {
  if (argv[1].startsWith('spike60 ')) {
    program.name(argv[1])
    program.configureOutput({ writeOut: text => process.stdout.write(reword(argv[1], text)) })
  }
  if (argv[2] === listOptions) return console.log([...program.options, helpOption].map(({ long }) => long).join('\n'))
  await runProgram(program, argv, () => action(program.opts() as Options))
}

const helpOption = { long: '--help' }

/** Doors whose file has another name than the command. */
const doors: Record<string, string> = { featurizer: 'featurize', ws_ingest: 'ingest', kafka_consume_check: 'check' }

/** Called under its short name, as `spike60 train`, a command speaks of others by theirs. */
export function reword(name: string, text: string): string {
  if (!name.startsWith('spike60')) return text
  return text
    .replace(/npm run (?:-s )?([a-z]+)(?: --(?= ))?/g, 'spike60 $1')
    .replace(/\b(?:scripts|features|models)\/(\w+)\.ts\b/g, (_, door: string) => `spike60 ${doors[door] ?? door}`)
}

/** `runCommand` for a program whose actions are its commands'. */
export async function runProgram(
  program: Command,
  argv: string[] = process.argv,
  action: () => Promise<void> | void = () => {},
): Promise<void> {
  process.stdout.on('error', error => process.exit(outputFailed(program.name(), error)))
  // Where the faults themselves cannot be written, there is nobody to tell: the work goes on.
  process.stderr.on('error', () => {})
  try {
    await program.parseAsync(argv)
    await action()
  } catch (error) {
    process.exitCode = report(program.name(), error)
  }
}

/** Whoever reads has gone, and that is no fault; or the disk below it is full. */
function outputFailed(name: string, error: NodeJS.ErrnoException): number {
  if (error.code === 'EPIPE') return 0
  const fault = systemFault(Object.assign(error, { path: 'standard output' }))
  console.error(redact(`${name}: ${fault?.line ?? `standard output cannot be written (${error.code})`}`))
  return 1
}

/** A file of a million faults is told by its first ones, and a name of megabytes by its beginning. */
const [mostFaults, longestFault] = [20, 2000]

function report(name: string, error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    const said = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
    console.error(redact(`${name}: ${said} (see ${name} --help)`))
    return 2
  }
  if (error instanceof SpikeError) {
    for (const fault of error.faults.slice(0, mostFaults))
      console.error(redact(reword(name, `${name}: ${fault.slice(0, 2 * longestFault)}`)).slice(0, longestFault))
    const more = error.faults.length - mostFaults
    if (more > 0) console.error(`${name}: and ${more} more faults`)
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

/** A line on standard error, without secrets: for what a server, a file or an address may have brought into it. */
export function warn(line: string): void {
  console.error(redact(line))
}

/** What a --topics option takes. */
export const topicEngines = 'embedded, demo, embedded://FILE or kafka://HOST:PORT'

/** The --topics option of a command whose topics are where SPIKE60_TOPICS says, else in the embedded log. */
export function topicsOption(): Option {
  const engine = process.env.SPIKE60_TOPICS ?? 'embedded'
  return new Option('--topics <engine>', topicEngines).default(engine, redact(engine))
}

/** The number that digits stand for, with at most one dot between them; NaN for any other text, such as `0x10`, `1e3` or ` 5`. */
export function plainNumber(text: string): number {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
}

/** Parser for a commander option that takes a whole number of at least `least`. */
export function wholeNumber(flag: string, least = 0, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return text => {
    const value = text.includes('.') ? Number.NaN : plainNumber(text)
    if (value >= least && value <= most) return value
    const allowed = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`
    throw new SpikeError('BAD_ARGUMENT', `${flag} takes a whole number ${allowed}, not '${text}'`)
  }
}

/** Parser for a commander option that takes a port, 0 for a free one where `least` is 0. */
export function port(flag: string, least = 0): (text: string) => number {
  return wholeNumber(flag, least, 65_535)
}

/** Parser for a commander option that takes whole numbers of at least 0 with commas between. */
export function wholeNumbers(flag: string): (text: string) => number[] {
  return text => {
    if (!/^\d+(,\d+)*$/.test(text))
      throw new SpikeError('BAD_ARGUMENT', `${flag} takes whole numbers with commas between, not '${text}'`)
    return text.split(',').map(wholeNumber(flag))
  }
}

/** Parser for a commander option that takes a positive number. */
export function positiveNumber(flag: string): (text: string) => number {
  return text => {
    const value = plainNumber(text)
    if (value > 0 && value < Number.POSITIVE_INFINITY) return value
    throw new SpikeError('BAD_ARGUMENT', `${flag} takes a number above 0, not '${text}'`)
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
