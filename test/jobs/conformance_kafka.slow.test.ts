/** The suite of conformance.test.ts on Kafka. */
import { describe } from 'vitest'
import { jobsOn } from '../harness/jobs_on_engine.ts'
import { needs } from '../harness/needs.ts'
import { engines } from '../harness/stream_engines.ts'

const [, kafka] = engines()
describe(`on ${kafka.name}`, { ...needs(kafka.lacks), timeout: 300_000 }, jobsOn(kafka))
