/** SHA-256 of some texts, as hex digits. With lengths, so that two ways to cut the same text differ. */
export async function digestOf(texts: readonly string[]): Promise<string> {
  const whole = new TextEncoder().encode(texts.map((text) => `${text.length}:${text}`).join(''));
  return Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', whole)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
