const SECRET = /(^|_)(pass(word|wd|phrase)?|sandi|pin|tokens?|secret|rahasia|otp|sess(ion|i)?|sesi|salt|hash|credentials?|cookies?)(_|$)/;
const KEY = /(^|_)(api|app|secret|private|access|auth|client|site|encryption)_?key(_|$)/;

/** Whether a column's name says that what it holds opens something. Such columns leave a desa only when a manifest names them. */
export function looksSecret(column: string): boolean {
  const name = column.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  return SECRET.test(name) || KEY.test(name);
}
