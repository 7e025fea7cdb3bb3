import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installJars } from '../kafka_install.ts'
import type { Service } from './compose_file.ts'
import { onThisMachine, type ServiceCommand } from './services.ts'

const logging = `-Dlog4j2.configurationFile=${fileURLToPath(new URL('../kafka/log4j2.xml', import.meta.url))}`

/**
 * Kafka's service without its image: its variables become server.properties as the image makes them (`KAFKA_LOG_DIRS` is
 * `log.dirs`), its storage is formatted with CLUSTER_ID, and its health check runs the Java program behind the script's name.
 * @param places as in `onThisMachine`: names, ports and folders of the container, and what they are here.
 */
export async function kafkaCommand(
  service: Service,
  folder: string,
  places: Record<string, string>,
): Promise<ServiceCommand> {
  const { CLUSTER_ID, KAFKA_HEAP_OPTS, ...settings } = service.environment!
  const [, script, ...checkArguments] = service.healthcheck.test
  if (script !== '/opt/kafka/bin/kafka-broker-api-versions.sh') throw new Error(`the health check runs ${script}`)
  mkdirSync(folder, { recursive: true })
  const properties = join(folder, 'server.properties')
  const lines = Object.entries(settings).map(([name, value]) => {
    const key = name
      .replace(/^KAFKA_/, '')
      .toLowerCase()
      .replaceAll('_', '.')
    return `${key}=${onThisMachine([value], places)[0]}\n`
  })
  writeFileSync(properties, lines.join(''))
  const broker = `${await installJars('kafka_2.13')}/*`
  const tools = `${await installJars('kafka-tools')}/*`
  const format = ['kafka.tools.StorageTool', 'format', '-t', CLUSTER_ID, '-c', properties]
  execFileSync('java', ['-Xmx128m', logging, '-cp', broker, ...format], { stdio: 'pipe' })
  return {
    command: ['java', ...KAFKA_HEAP_OPTS.split(' '), logging, '-cp', broker, 'kafka.Kafka', properties],
    check: [
      'CMD',
      'java',
      '-Xmx128m',
      logging,
      '-cp',
      tools,
      'org.apache.kafka.tools.BrokerApiVersionsCommand',
      ...onThisMachine(checkArguments, places),
    ],
    cwd: folder,
    environment: {},
  }
}
