import { trendCommand } from '../src/commands/trend.ts'

await trendCommand()
