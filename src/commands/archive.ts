import { SpikeError } from '../errors.ts'
import { kindOf } from '../files/place.ts'
import { restoreBronze } from '../jobs/archive/restore.ts'
import { uploadBronze } from '../jobs/archive/upload.ts'
import { command, runCommand } from '../operations/command.ts'
import { runPaths } from '../run_paths.ts'
import { openBucket } from '../stores/s3/client.ts'

interface Arguments {
  from: string
  to: string
  remove?: boolean
  json?: boolean
}

async function main({ from, to, remove = false, json }: Arguments): Promise<void> {
  const [isFetched, isBrought] = [from, to].map(place => place.startsWith('s3://'))
  if (isFetched === isBrought)
    throw new SpikeError('BAD_ARGUMENT', '--from and --to take one folder and one s3://BUCKET/PREFIX')
  if (isFetched && remove) throw new SpikeError('BAD_ARGUMENT', '--remove goes with an upload, not with --from s3://…')
  const result = isFetched ? await restoreBronze(openBucket(from), to) : await upload(from, to, remove)
  if (json) console.log(JSON.stringify(result))
  else
    console.log(
      Object.entries(result)
        .map(([what, count]) => `${Array.isArray(count) ? count.length : count} ${what}`)
        .join(', '),
    )
}

function upload(from: string, to: string, remove: boolean): ReturnType<typeof uploadBronze> {
  if (kindOf(from) !== 'folder') throw new SpikeError('BAD_FILE', `${from}: is no folder; name that of the recordings`)
  return uploadBronze(from, openBucket(to), remove)
}

const program = command(
  'archive',
  'Brings closed recordings into a bucket, compressed, each read back; and back from there, for the same replay.',
  'npm run archive -- --from data/raw --to s3://bucket/bronze',
)
  .option('--from <place>', 'folder of recordings, or s3://BUCKET/PREFIX', runPaths.raw)
  .requiredOption(
    '--to <place>',
    's3://BUCKET/PREFIX, or a folder; a login is read from AWS_ACCESS_KEY_ID and its like',
  )
  .option('--remove', 'take away here what was read back from the bucket and is published whole')
  .option('--json', 'print the summary as one JSON line')

export const archiveCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
