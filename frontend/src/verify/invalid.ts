/** What was read is refused. `message` begins in lower case and ends without a full stop, as on the server. */
export class Invalid extends Error {}
