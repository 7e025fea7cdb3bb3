import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installJars } from '../kafka/install.ts'
import type { Service } from './compose_file.ts'
import { give, onThisMachine, type ServiceCommand, type User } from './services.ts'

const logging = `-Dlog4j2.configurationFile=${fileURLToPath(new URL('../kafka/log4j2.xml', import.meta.url))}`
/** What the image's own settings of logging look like; its program reads them and passes them on. */
const loggers = {
  Configuration: {
    Properties: { Property: [] },
    Appenders: { Console: { name: 'STDOUT' } },
    Loggers: { Root: { level: 'INFO', AppenderRef: [{ ref: 'STDOUT' }] }, Logger: [] },
  },
}

/**
 * Kafka's service without its image, begun as the image begins it: its own program, which is among Kafka's jars, makes
 * server.properties of the variables and formats the storage with CLUSTER_ID. The health check runs the Java program behind the
 * script's name.
 * @param places as in `onThisMachine`: names, ports and folders of the container, and what they are here.
 * @param user who runs all of it; only the folders of the volume and of the tmpfs are this user's.
 */
export async function kafkaCommand(
  service: Service,
  folder: string,
  places: Record<string, string>,
  user: User | null,
): Promise<ServiceCommand> {
  const { KAFKA_HEAP_OPTS } = service.environment!
  const [, script, ...checkArguments] = service.healthcheck.test
  if (script !== '/opt/kafka/bin/kafka-broker-api-versions.sh') throw new Error(`the health check runs ${script}`)
  if (!service.tmpfs.includes('/opt/kafka/config'))
    throw new Error('the image writes its settings to /opt/kafka/config')
  const [defaults, mounted, config, data] = ['defaults', 'mounted', 'config', 'data'].map(name => join(folder, name))
  for (const path of [defaults, mounted, config, data]) mkdirSync(path, { recursive: true })
  for (const name of ['log4j2.yaml', 'tools-log4j2.yaml']) writeFileSync(join(defaults, name), JSON.stringify(loggers))
  writeFileSync(join(defaults, 'server.properties'), '')
  give([config, data], user)
  const variables = Object.entries(service.environment!).map(([name, value]) => [
    name,
    onThisMachine([value], places)[0],
  ])
  const broker = `${await installJars('kafka_2.13')}/*`
  const tools = `${await installJars('kafka-tools')}/*`
  const folders = ['--default-configs-dir', defaults, '--mounted-configs-dir', mounted, '--final-configs-dir', config]
  execFileSync('java', ['-Xmx128m', '-cp', broker, 'kafka.docker.KafkaDockerWrapper', 'setup', ...folders], {
    stdio: 'pipe',
    env: { PATH: process.env.PATH, ...Object.fromEntries(variables) },
    ...user,
  })
  const check = ['java', '-Xmx128m', logging, '-cp', tools, 'org.apache.kafka.tools.BrokerApiVersionsCommand']
  return {
    command: [
      ...['java', ...KAFKA_HEAP_OPTS.split(' '), logging, '-cp', broker],
      ...['kafka.Kafka', join(config, 'server.properties')],
    ],
    check: ['CMD', ...check, ...onThisMachine(checkArguments, places)],
    cwd: folder,
    environment: {},
    user,
  }
}
