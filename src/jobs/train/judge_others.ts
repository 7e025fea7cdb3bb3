import type { Config } from '../../config.ts'
import { anchoredRecipe } from '../../core/models/anchor/recipe.ts'
import { type JudgedFile, judgeFile, learnFrom } from '../../core/models/judge/judged_files.ts'
import { judgeOverFiles, type ModelOverFiles } from '../../core/models/judge/over_files.ts'
import { SpikeError } from '../../errors.ts'
import type { Say } from '../../operations/progress.ts'
import { readEachCapture } from '../replay/captures.ts'
import type { SealedRecord } from './sealed_record.ts'

export interface OthersOptions {
  /** Folders of captures that are learnt from. */
  captures: string[]
  /** Folder of captures that are judged once. */
  judge: string
  config: Config
  say?: Say
}

export interface JudgedOthers {
  recipe: string
  simulated: boolean
  fitted_on: SealedRecord['fitted_on']
  judged: SealedRecord['judged']
  left_out: { file: string; why: string }[]
  files: JudgedFile[]
  pooled: { files: number; models: Record<string, ModelOverFiles> }
}

/**
 * Fits the anchored recipe on the captures of some folders and judges it, beside the baselines, once on each of another's.
 * @throws SpikeError BAD_FILE, AUDIT_FAILED; BAD_ARGUMENT where both sides hold the same seconds; TOO_FEW_ROWS where no file can
 * be judged.
 */
export async function judgeOthers({ captures, judge, config, say = () => {} }: OthersOptions): Promise<JudgedOthers> {
  const read = (folders: string[]) =>
    readEachCapture(folders, config, (file, done, of) => say(`replaying ${file}`, done, of))
  const others = await read([judge])
  const learnt = await read(captures)
  refuseShared(learnt.captures, others.captures)
  say(`fitting on ${learnt.captures.length} files`)
  const learning = learnFrom(learnt.captures.map(({ table }) => table))
  const left_out = [...learnt.left_out, ...others.left_out]
  const files: JudgedFile[] = []
  for (const [i, capture] of others.captures.entries()) {
    say(`judging ${capture.file}`, i, others.captures.length)
    const judged = judgeFile(learning, capture, config)
    if (typeof judged === 'string') left_out.push({ file: capture.file, why: judged })
    else files.push(judged)
  }
  if (files.length === 0)
    throw new SpikeError(
      'TOO_FEW_ROWS',
      left_out.map(({ file, why }) => `${file}: not judged: ${why}`),
    )
  const { bootstrap_samples: samples, seed } = config.models
  const named = ({ file, digest, table }: (typeof learnt.captures)[number]) => ({ file, digest, rows: table.rows })
  return {
    recipe: anchoredRecipe.name,
    simulated: [...learnt.captures, ...others.captures].some(({ simulated }) => simulated),
    fitted_on: learnt.captures.map(named),
    judged: others.captures.filter(({ file }) => files.some(one => one.file === file)).map(named),
    left_out,
    files,
    pooled: { files: files.length, models: judgeOverFiles(files, { samples, seed }) },
  }
}

type Captures = Awaited<ReturnType<typeof readEachCapture>>['captures']

/** A second of a product that was learnt from may not be judged. */
function refuseShared(learnt: Captures, judged: Captures): void {
  const keysOf = ({ table: { product, time, rows } }: Captures[number]) =>
    Array.from({ length: rows }, (_, row) => `${product[row]} ${time[row]}`)
  const owner = new Map(learnt.flatMap(capture => keysOf(capture).map(key => [key, capture.file] as const)))
  const faults = judged.flatMap(capture => {
    const key = keysOf(capture).find(one => owner.has(one))
    return key === undefined
      ? []
      : [
          `--judge: ${capture.file} holds seconds of a product that ${owner.get(key)} of --captures holds too; take one out`,
        ]
  })
  if (faults.length > 0) throw new SpikeError('BAD_ARGUMENT', faults)
}
