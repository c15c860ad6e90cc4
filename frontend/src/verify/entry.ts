// What the log says: one statement an entry, as canonical JSON (attestation.md, Log entry).
import { areEqual, type Bytes } from "./bytes";
import { canonicalBytes } from "./canonical";
import { Invalid } from "./invalid";
import { INSTANT, readInstant } from "./instant";
import { isObject, strictJson } from "./strict-json";

const MAX_ENTRY_BYTES = 2 ** 16 - 1;
const TYPES = ["issued", "superseded", "revoked", "key", "status-list", "questionnaire"];
const REQUIRED = ["type", "id", "digest", "at"];
const ALLOWED = [...REQUIRED, "previous"];
const ID = /^[\x21-\x7e]{1,300}$/;
const DIGEST = /^sha-256:[0-9a-f]{64}$/;

/** What became of the thing named `id` whose canonical form has the `digest`. */
export interface LogStatement {
  readonly type: string;
  readonly id: string;
  readonly digest: string;
}

/** Return the statement of an entry. Throws Invalid, also where the bytes are not the canonical ones. */
export function parseEntry(data: Bytes): LogStatement {
  if (data.length > MAX_ENTRY_BYTES) {
    throw new Invalid(`an entry may have ${MAX_ENTRY_BYTES} bytes, not ${data.length}`);
  }
  const content = strictJson(data);
  const names = isObject(content) ? [...content.keys()] : [];
  if (!isObject(content) || !REQUIRED.every((name) => content.has(name)) || !names.every((name) => ALLOWED.includes(name))) {
    throw new Invalid("an entry holds type, id, digest, at and perhaps previous, and nothing else");
  }
  if (![...content.values()].every((value) => typeof value === "string")) {
    throw new Invalid("every value of an entry is text");
  }
  const [type, id, digest, at] = REQUIRED.map((name) => content.get(name) as string) as [string, string, string, string];
  checkTime(at);
  if (!TYPES.includes(type)) throw new Invalid(`the type of a log statement is one of ${TYPES.join(", ")}`);
  if (!ID.test(id)) throw new Invalid("the id must be 1 to 300 printable ASCII characters without spaces");
  const digests = [digest, (content.get("previous") as string | undefined) ?? digest];
  if (!digests.every((one) => DIGEST.test(one))) {
    throw new Invalid("a digest has the form `sha-256:` and 64 lower-case hex digits");
  }
  if (!areEqual(canonicalBytes(content), data)) throw new Invalid("an entry must be in its canonical form");
  return { type, id, digest };
}

function checkTime(text: string): void {
  if (!INSTANT.test(text)) throw new Invalid("a time is written as 2026-11-24T10:00:00Z");
  if (readInstant(text) === null) throw new Invalid(`there is no time ${text}`);
}
