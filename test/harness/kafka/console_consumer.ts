import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { installJars } from './install.ts'

const logging = `-Dlog4j2.configurationFile=${fileURLToPath(new URL('./log4j2.xml', import.meta.url))}`

export interface JudgedRecord {
  partition: number
  offset: number
  key: string
  value: string
}

/**
 * What Kafka's own Java console consumer reads of a topic with read_committed, from the beginning until nothing came for
 * `quietMs`. Values and keys must be text of one line without tabs.
 * @param atLeast with fewer than these it is asked again with more patience: on a busy machine it may not even have begun.
 */
export async function readByJava(
  address: string,
  topic: string,
  atLeast: number,
  quietMs = 4000,
): Promise<JudgedRecord[]> {
  const jars = await installJars('kafka-tools')
  const properties = ['print.partition', 'print.offset', 'print.key'].flatMap(name => [
    '--formatter-property',
    `${name}=true`,
  ])
  const { stdout } = await promisify(execFile)(
    'java',
    [
      ...['-Xmx256m', '-XX:TieredStopAtLevel=1', '-Dfile.encoding=UTF-8', logging, '-cp', `${jars}/*`],
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...['--bootstrap-server', address, '--topic', topic, '--from-beginning', '--timeout-ms', `${quietMs}`],
      ...['--isolation-level', 'read_committed', ...properties],
    ],
    { maxBuffer: 256 << 20, timeout: 300_000 },
  )
  const records = stdout.split('\n').flatMap(line => {
    const [partition, offset, key, ...value] = line.split('\t')
    if (!partition.startsWith('Partition:')) return []
    return [{ partition: Number(partition.slice(10)), offset: Number(offset.slice(7)), key, value: value.join('\t') }]
  })
  const patience = 4 * quietMs
  return records.length >= atLeast || patience > 100_000 ? records : readByJava(address, topic, atLeast, patience)
}
