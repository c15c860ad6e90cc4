// What was typed and is not saved yet, in this browser's storage: one entry a question, by the address it is saved to.

const PREFIX = "para73:answer:";

/** Keep the form's fields. A browser that forbids or has filled its storage keeps nothing; the form still has it. */
export function keep(address: string, fields: URLSearchParams): void {
  const kept = new URLSearchParams(fields);
  kept.delete("_csrf_token");
  try {
    localStorage.setItem(PREFIX + address, kept.toString());
  } catch {
    return;
  }
}

export function forget(address: string): void {
  try {
    localStorage.removeItem(PREFIX + address);
  } catch {
    return;
  }
}

export function find(address: string): URLSearchParams | null {
  try {
    const kept = localStorage.getItem(PREFIX + address);
    return kept === null ? null : new URLSearchParams(kept);
  } catch {
    return null;
  }
}
