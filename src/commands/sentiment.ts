import { Option } from 'commander'
import { z } from 'zod'
import { type Edition, phrases } from '../core/indicators/sentiment/phrases.ts'
import { scoreSentiment, sentimentLabel } from '../core/indicators/sentiment/vader.ts'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { checkInputFile } from '../files/input.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { keepOthers } from '../files/keep_others.ts'
import { readBytes } from '../market/bronze/file_bytes.ts'
import { toUtf8 } from '../market/bronze/text_encoding.ts'
import { command, outputFile, runCommand, warn } from '../operations/command.ts'

interface Arguments {
  texts: string
  out: string
  edition: Edition
  json?: boolean
}

/** How a list of scores begins. */
const oneScore = /^\[\n\[[\d.]+,[\d.]+,[\d.]+,-?[\d.]+,"(positive|neutral|negative)"\]/

/** Bytes of texts that are taken into memory whole. */
const most = 256 * 2 ** 20

async function main({ texts: path, out, edition, json }: Arguments): Promise<void> {
  keepInputs({ '--texts': path }, { '--out': out })
  keepOthers([out], first => oneScore.test(first))
  const rows = (await readTexts(path)).map(text => {
    const { neg, neu, pos, compound } = scoreSentiment(text, edition)
    return [neg, neu, pos, compound, sentimentLabel(compound)] as const
  })
  await writeFileAtomically(out, `[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]\n`)
  const labels = { positive: 0, neutral: 0, negative: 0 }
  for (const row of rows) labels[row[4]]++
  if (json) console.log(JSON.stringify({ texts: rows.length, ...labels, edition, out }))
  else
    console.log(
      `${out}: ${rows.length} texts: ${labels.positive} positive, ${labels.neutral} neutral, ${labels.negative} negative`,
    )
}

const wanted = 'a JSON list of texts is expected, ["first", "second"]'

async function readTexts(path: string): Promise<string[]> {
  checkInputFile(path, 'a JSON list of texts', most)
  const texts = z.array(z.string()).safeParse(parseTexts(path, await readText(path)))
  if (!texts.success) {
    const at = texts.error.issues[0].path.join('.')
    throw new SpikeError('BAD_FILE', `${path}: ${at === '' ? 'is no list' : `its item ${at} is no text`}; ${wanted}`)
  }
  if (texts.data.length === 0) throw new SpikeError('BAD_FILE', `${path}: holds no text; ${wanted}`)
  return texts.data
}

async function readText(path: string): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of toUtf8(readBytes(path, warn), warn)) {
    text += decoder.decode(bytes, { stream: true })
    if (text.length > most) throw new SpikeError('BAD_FILE', `${path}: holds more than ${most} characters; cut it`)
  }
  return text + decoder.decode()
}

/** One JSON text, or one a line. */
function parseTexts(path: string, text: string): unknown {
  const lines = (): string[] => text.split(/[\r\n]+/).filter(line => line !== '')
  for (const read of [() => JSON.parse(text), () => lines().map(line => JSON.parse(line))])
    try {
      return read()
    } catch {}
  throw new SpikeError('BAD_FILE', `${path}: is not JSON; ${wanted}`)
}

export const sentimentCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'sentiment',
      'Scores English texts as VADER does: one [neg, neu, pos, compound, label] a text.',
      'npm run sentiment -- --texts headlines.json --out scores.json',
    )
      .requiredOption('--texts <file>', 'a JSON list of texts, or a text a line; also .gz')
      .requiredOption('--out <file>', 'the scores, a JSON list in the same order', outputFile('--out'))
      .addOption(
        new Option('--edition <revision>', 'whose phrases: the last revision of its source, or release 3.3.2')
          .choices(Object.keys(phrases))
          .default('44fc044c'),
      )
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
