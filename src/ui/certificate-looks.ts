import type { Expiry } from '../domain/certificate.ts';
import type { Look } from './present.ts';

export const EXPIRY_LOOKS: Readonly<Record<Expiry, Look>> = {
  good: { word: 'Berlaku', tone: 'baik', icon: 'centang' },
  soon: { word: 'Akan berakhir', tone: 'awas', icon: 'awas' },
  over: { word: 'Sudah berakhir', tone: 'buruk', icon: 'awas' },
};
