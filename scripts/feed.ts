import { feedCommand } from '../src/commands/feed.ts'

await feedCommand()
