import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { Admin, ConfigResourceTypes, deleteRecordsV2, IncrementalAlterConfigOperationTypes } from '@platformatic/kafka'

/** What a broker may forget, taken away for a test: everything on a topic, or all positions of a group. */
export interface Losses {
  records(topic: string): Promise<void>
  positions(group: string): Promise<void>
}

/** @param spec as for `openStreams`. */
export function lossesOf(spec: string): Losses {
  return spec.startsWith('kafka://') ? kafka(spec.slice('kafka://'.length)) : embedded(spec.slice('embedded://'.length))
}

function embedded(path: string): Losses {
  const run = async (sql: string, value: string): Promise<void> => {
    const database = new DatabaseSync(path)
    const { changes } = database.prepare(sql).run(value)
    database.close()
    if (changes === 0) throw new Error(`nothing to take away of ${value}`)
  }
  return {
    async records(topic) {
      await run('DELETE FROM records WHERE topic = (SELECT id FROM topics WHERE name = ?)', topic)
      await run('UPDATE ends SET next = 0 WHERE topic = (SELECT id FROM topics WHERE name = ?)', topic)
    },
    positions: group => run('DELETE FROM committed WHERE name = ?', group),
  }
}

function kafka(address: string): Losses {
  const withAdmin = async (work: (admin: Admin) => Promise<void>): Promise<void> => {
    const admin = new Admin({ clientId: 'losses', bootstrapBrokers: [address] })
    await work(admin).finally(() => admin.close())
  }
  return {
    records: topic =>
      withAdmin(async admin => {
        // A broker takes nothing away from a topic that is compacted only.
        const policy = {
          name: 'cleanup.policy',
          value: 'delete',
          configOperation: IncrementalAlterConfigOperationTypes.SET,
        }
        const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic, configs: [policy] }
        await admin.incrementalAlterConfigs({ resources: [resource] })
        const { brokers, topics } = await admin.metadata({ topics: [topic] })
        const connection = await admin.connections.get([...brokers.values()][0])
        const partitions = [...topics.get(topic)!.partitions.keys()].map(partitionIndex => ({
          partitionIndex,
          offset: -1n,
        }))
        // The broker hears of the policy a moment later.
        for (let tries = 0; ; tries++)
          try {
            await deleteRecordsV2.api.async(connection, [{ name: topic, partitions }], 5000)
            return
          } catch (error) {
            if (tries === 100) throw error
            await delay(100)
          }
      }),
    positions: group => withAdmin(admin => admin.deleteGroups({ groups: [group] })),
  }
}
