import { fileURLToPath } from 'node:url'
import { readConfig } from '../config.ts'
import { command, runCommand } from '../operations/command.ts'
import { writeDocuments } from '../publish/documents/documents.ts'
import { importExample } from '../publish/documents/import_example.ts'

interface Arguments {
  from?: string
  json?: boolean
}

const root = fileURLToPath(new URL('../..', import.meta.url))

async function main({ from, json }: Arguments): Promise<void> {
  if (from !== undefined) await importExample(from, root)
  const { documents, changed } = await writeDocuments(root, readConfig())
  if (json) console.log(JSON.stringify({ documents, changed }))
  else console.log([...changed, `${changed.length} of ${documents} documents changed`].join('\n'))
}

const program = command(
  'docs',
  'Writes the documents that come from the spec and from the example run: feature spec, model card, brief, pictures.',
  'npm run docs -- --from data/demo',
)
  .option('--from <folder>', 'take the numbers of this run of the simulated demo as the example first')
  .option('--json', 'print the paths as one JSON line')

export const docsCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
