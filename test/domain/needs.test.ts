import { describe, expect, it } from 'vitest';
import { checkDependents, fitsNeed, inOrderOfNeed } from '../../src/domain/needs.ts';
import { aManifest } from '../support/builders.ts';

describe('a need', () => {
  it.each([
    ['2607.0.1', { from: '2607' }, true],
    ['2606.9.9', { from: '2607' }, false],
    ['2607.0.1', { to: '2607' }, true],
    ['2608.0.0', { to: '2607' }, false],
    ['26.11.2', { from: '26.11.1', to: '26.11' }, true],
    ['1.0.0', {}, true],
  ])('%s in %o: %s', (version, range, fits) => {
    expect(fitsNeed({ app: 'x', ...range }, version)).toBe(fits);
  });

  it('keeps the app it names from a version that would not fit, and no other', () => {
    const opensid = aManifest({ name: 'opensid', title: 'OpenSID' });
    const api = aManifest({ name: 'api', title: 'API', needs: [{ app: 'opensid', from: '2507', to: '2608' }] });
    const pbb = aManifest({ name: 'pbb', needs: [{ app: 'opensid' }] });
    expect(() => checkDependents(opensid, '2608.3.0', [api, pbb])).not.toThrow();
    for (const version of ['2609.0.0', '2506.0.1'])
      expect(() => checkDependents(opensid, version, [api, pbb])).toThrow(/API .*tidak dapat/);
    expect(() => checkDependents(pbb, '1', [api, opensid])).not.toThrow();
  });

  it('comes before the app that has it, whatever the order asked for', () => {
    const opensid = aManifest({ name: 'opensid' });
    const api = aManifest({ name: 'api', needs: [{ app: 'opensid' }] });
    const pbb = aManifest({ name: 'pbb', needs: [{ app: 'api' }] });
    expect(inOrderOfNeed([pbb, api, opensid]).map(({ name }) => name)).toEqual(['opensid', 'api', 'pbb']);
  });
});
