import { readFile } from 'node:fs/promises';
import { Invalid } from '../../src/domain/errors.ts';

/** A file that a person names. @throws Invalid */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Invalid('berkas-tidak-terbaca', `Berkas ${file} tidak dapat dibaca.`, { cause: error });
  }
}
