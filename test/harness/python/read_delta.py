"""What delta-rs finds in a table of the store: the answer of a query, and where the log says the store stands."""
import json
import sys

import deltalake

folder, query, *applications = sys.argv[1:]
table = deltalake.DeltaTable(folder)
batches = deltalake.QueryBuilder().register("t", table).execute(query)
rows = []
for batch in batches:
    names = batch.schema.names
    columns = [[value.as_py() for value in batch.column(name)] for name in names]
    rows += [dict(zip(names, values)) for values in zip(*columns)]
print(json.dumps({
    "rows": rows,
    "version": table.version(),
    "positions": {name: table.transaction_version(name) for name in applications},
}, default=str))
