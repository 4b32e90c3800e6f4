// What the team writes. `rugzak.ts` is made from the published document; nothing else of ours is used.

import createClient from "openapi-fetch";
import type { components, paths } from "./rugzak.js";

type Lot = components["schemas"]["LotOnDay"];
type BadRequest = components["schemas"]["BadRequest"];

const [url, token, accountId, today] = process.argv.slice(2) as [string, string, string, string];
const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });

const purpose = { "Rugzak-Purpose": "enrolment" };
const here = { header: purpose, path: { accountId } };

async function leave(after?: number): Promise<Lot[]> {
  const header = after === undefined ? purpose : { ...purpose, "Rugzak-After": after };
  const { data, error } = await client.GET("/accounts/{accountId}/balances", {
    params: { header, path: { accountId } },
  });
  if (error !== undefined) throw new Error(error.detail);
  return data.items.filter((lot) => lot.scheme === "be-vlg/vov");
}

function usable(lots: Lot[]): number {
  return lots.reduce((sum, lot) => sum + lot.available, 0);
}

async function reserve(key: string, quantity: number) {
  return client.POST("/accounts/{accountId}/reservations", {
    params: { header: { ...purpose, "Idempotency-Key": key }, path: { accountId } },
    body: {
      effectiveOn: today,
      id: "enrolment-118",
      scheme: "be-vlg/vov",
      quantity,
      unit: "minute",
      course: { id: "french-a2", provider: "cvo-semper", startDate: today },
    },
  });
}

const before = await leave();
const first = await reserve("a-key-of-ours", 600);
if (first.error !== undefined) throw new Error(first.error.detail);
const again = await reserve("a-key-of-ours", 600);
const other = await reserve("a-key-of-ours", 601);
const after = await leave(first.data.position);

const nobody = await client.GET("/accounts/{accountId}/balances", {
  params: { header: purpose, path: { accountId: crypto.randomUUID() } },
});
const wrong = await client.GET("/accounts/{accountId}/balances", {
  params: { ...here, query: { on: "tomorrow" } },
});
if (nobody.error === undefined || wrong.error === undefined) throw new Error("no error");

// The compiler knows the document: it refuses each of these, or this file does not compile.
async function _refused() {
  // @ts-expect-error  a purpose has to be said
  await client.GET("/accounts/{accountId}/balances", { params: { path: { accountId } } });
  // @ts-expect-error  there is no such path
  await client.GET("/accounts", {});
  // @ts-expect-error  a command needs a key of its own
  await client.POST("/accounts/{accountId}/reservations", { params: here, body: {} });
  // @ts-expect-error  a lot has no such member
  return before[0]?.amount;
}

console.log(
  JSON.stringify({
    before: usable(before),
    units: [...new Set(before.map((lot) => lot.unit))],
    reserved: first.data.reserved?.quantity,
    again: again.data,
    first: first.data,
    other: [other.response.status, other.error?.type],
    after: usable(after),
    nobody: [nobody.response.status, nobody.error.type],
    wrong: (wrong.error as BadRequest).issues.map((issue) => [issue.in, issue.name]),
  }),
);
