// Instants in the one form that Para73 writes. Date.parse takes many more, and turns 31 February into 3 March.
export const INSTANT = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z$/;

/** Return milliseconds since 1970 of a text such as 2026-11-24T10:00:00Z, or null where it is no such instant. */
export function readInstant(text: unknown): number | null {
  const found = typeof text === "string" ? INSTANT.exec(text) : null;
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1).map(Number) as [number, number, number, number, number, number];
  // Set apart from the constructor, which takes the years 0 to 99 for those of the last century.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const isWhole = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return year > 0 && isWhole && hour < 24 && minute < 60 && second < 60 ? date.getTime() : null;
}
