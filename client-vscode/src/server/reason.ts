/** Why a server did not start, for people: what Node and the client say of it tells of pipes and connections. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (/ENOENT/.test(said)) {
    return 'there is no such program';
  }
  if (/EACCES/.test(said)) {
    return 'that file may not be executed';
  }
  if (/EPIPE|ECONNRESET|disposed|closed|destroyed/i.test(said)) {
    return 'it ended before it answered; what it said last is in the output';
  }
  return said;
}
