// Which policy is meant at a place of a text: that of a finding there, or a name that is written there.

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Finding {
  readonly policy: string;
  readonly start: Position;
  readonly end: Position;
}

/** The policies of the findings at the cursor, the shortest marks first; the last resort are those of its line. */
export function policiesAt(findings: readonly Finding[], cursor: Position): string[] {
  const touching = findings.filter(({ start, end }) => !before(cursor, start) && !before(end, cursor));
  const chosen = touching.length > 0 ? touching : findings.filter(({ start }) => start.line === cursor.line);
  const sorted = [...chosen].sort((a, b) => extent(a) - extent(b));
  return [...new Set(sorted.map(({ policy }) => policy))];
}

/** The name of a policy, or of the same check in another tool, that stands at a column of a line. */
export function nameAt(line: string, character: number): string | undefined {
  for (const match of line.matchAll(/[A-Za-z][A-Za-z0-9]*(?:[-_.:][A-Za-z0-9]+)+/g)) {
    if (match.index <= character && character <= match.index + match[0].length) return match[0];
  }
  return undefined;
}

function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

function extent({ start, end }: Finding): number {
  return (end.line - start.line) * 10_000 + (end.character - start.character);
}
