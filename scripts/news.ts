import { newsCommand } from '../src/commands/news.ts'

await newsCommand()
