import { z } from 'zod'

/** A name that the server gives to something of its own: it stands in addresses and on the terminal. */
const id = z.string().regex(/^[\w.-]{1,200}$/)
const tagList = z.array(z.object({ key: z.string(), value: z.string().default('') }))

const mlflowRun = z.object({
  info: z.object({ run_id: id, status: z.string(), lifecycle_stage: z.string(), artifact_uri: z.string() }),
  data: z.object({ tags: tagList.optional() }).default({}),
  outputs: z.object({ model_outputs: z.array(z.object({ model_id: id })).optional() }).optional(),
})
export type MlflowRun = z.infer<typeof mlflowRun>

const loggedModel = z.object({ info: z.object({ model_id: id, artifact_uri: z.string(), status: z.string() }) })
export type LoggedModel = z.infer<typeof loggedModel>

const version = z.object({ version: id, tags: tagList.optional() })

/** What is read of the server's answers, by what was asked. */
export const replies = {
  experiment: z.object({ experiment: z.object({ experiment_id: id }) }),
  createdExperiment: z.object({ experiment_id: id }),
  runs: z.object({ runs: z.array(mlflowRun).optional(), next_page_token: z.string().optional() }),
  run: z.object({ run: mlflowRun }),
  loggedModels: z.object({ models: z.array(loggedModel).optional() }),
  loggedModel: z.object({ model: loggedModel }),
  versions: z.object({ model_versions: z.array(version).optional() }),
  version: z.object({ model_version: version }),
  registered: z.object({
    registered_model: z.object({ aliases: z.array(z.object({ alias: z.string(), version: id })).optional() }),
  }),
  /** Nothing of it is read. */
  any: z.looseObject({}),
}
