import { sentimentCommand } from '../src/commands/sentiment.ts'

await sentimentCommand()
