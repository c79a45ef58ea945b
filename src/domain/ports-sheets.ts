/** Tables that people bring and take along. What holds for all ports stands in ports.ts. */
export interface Sheets {
  /**
   * The rows of a CSV (comma, semicolon or tab) or of the first sheet of an XLSX, as text.
   * @throws Invalid when it is neither
   */
  read(file: Buffer): Promise<readonly (readonly string[])[]>;
  /** As programs read it, with cells that a spreadsheet would run as a formula made harmless. The first row are the headings. */
  csv(rows: readonly (readonly string[])[]): string;
  xlsx(rows: readonly (readonly string[])[]): Promise<Buffer>;
}
