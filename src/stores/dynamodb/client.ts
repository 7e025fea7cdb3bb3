import { AwsClient } from 'aws4fetch'
import { awsLogin } from '../s3/client.ts'
import { refusal, unreachable } from '../s3/faults.ts'

/** What hangs ends. */
const patienceMs = 30_000

/** A value as DynamoDB's JSON has it. */
export type Attribute = { S: string } | { N: string } | { BOOL: boolean } | { NULL: true } | { B: string }
export type Item = Record<string, Attribute>

/** What is an answer too. */
const expected: Record<string, RegExp> = {
  PutItem: /ConditionalCheckFailedException/,
  CreateTable: /ResourceInUseException/,
  DescribeTable: /ResourceNotFoundException/,
}

/** One action of the service; `null` where its condition did not hold, or what is asked for is not there. */
export type Ask = (action: string, body: object) => Promise<Record<string, unknown> | null>

/** @param place how it is called in messages. @throws SpikeError STORE_REFUSED without a login. */
export function openService(place: string): Ask {
  const { endpoint, ...login } = awsLogin('DYNAMODB')
  const client = new AwsClient({ ...login, service: 'dynamodb', retries: 0 })
  const url = endpoint ?? `https://dynamodb.${login.region}.amazonaws.com`
  return async (action, body) => {
    const headers = { 'x-amz-target': `DynamoDB_20120810.${action}`, 'content-type': 'application/x-amz-json-1.0' }
    let text: string
    let answer: Response
    try {
      const signed = await client.sign(url, { method: 'POST', headers, body: JSON.stringify(body) })
      answer = await fetch(signed, { signal: AbortSignal.timeout(patienceMs), redirect: 'manual' })
      text = await answer.text()
    } catch (error) {
      throw unreachable(place, error)
    }
    if (answer.ok) return JSON.parse(text)
    if (expected[action]?.test(text)) return null
    throw refusal(place, answer.status, text)
  }
}
