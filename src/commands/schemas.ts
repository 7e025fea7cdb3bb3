import { readConfig } from '../config.ts'
import { SpikeError } from '../errors.ts'
import { command, runCommand } from '../operations/command.ts'
import { registerSchemas } from '../publish/schemas/register.ts'
import { topicSchemas } from '../publish/schemas/topic_schemas.ts'

interface Arguments {
  registry?: string
  config?: string
  json?: boolean
}

async function main({ registry, config, json }: Arguments): Promise<void> {
  const schemas = topicSchemas(readConfig(config))
  if (registry === undefined) {
    const listed = schemas.map(({ topic, version, path }) => ({ topic, version, path }))
    console.log(
      json ? JSON.stringify({ schemas: listed }) : listed.map(({ topic, path }) => `${topic}  ${path}`).join('\n'),
    )
    return
  }
  if (!/^https?:$/.test(URL.parse(registry)?.protocol ?? ''))
    throw new SpikeError('BAD_ARGUMENT', '--registry takes an address that begins with http:// or https://')
  const registered = await registerSchemas(schemas, registry)
  console.log(
    json ? JSON.stringify({ registered }) : registered.map(({ subject, id }) => `${subject}  id ${id}`).join('\n'),
  )
}

const program = command(
  'schemas',
  "The JSON Schema of each topic's record; with --registry, registered at a Confluent-compatible schema registry.",
  'npm run schemas -- --registry http://127.0.0.1:8081',
)
  .option('--registry <address>', 'register them there, as <topic>-value')
  .option('--config <file>', 'another config.yaml')
  .option('--json', 'print one JSON object as the last line')

export const schemasCommand = (argv?: string[]): Promise<void> => runCommand<Arguments>(program, main, argv)
