/** Prints a list in the form that was asked for: a table, JSON, or ids alone. */

import { outputForm } from "./request.ts";
import type { ClientDeps, ClientRequest } from "./request.ts";
import { type Column, renderTable } from "./table.ts";

/** What a list can be printed from. */
export interface Listing<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  /** The row for programs; fields that are undefined are left out. */
  readonly json: (row: Row) => unknown;
}

/** Prints it. The JSON is one array. */
export function printListing<Row>(
  { terminal }: Pick<ClientDeps, "terminal">,
  request: ClientRequest,
  { columns, rows, id, json }: Listing<Row>,
): void {
  switch (outputForm(request)) {
    case "table":
      terminal.out(renderTable(columns, rows, terminal.size()?.columns));
      break;
    case "ids":
      terminal.out(rows.map((row) => `${id(row)}\n`).join(""));
      break;
    case "json":
      terminal.out(`${JSON.stringify(rows.map(json), null, 2)}\n`);
  }
}
