/** What is sent from the page of certificates, and the choice of a desa. */
import { CERTIFICATE_CHOICES } from '../domain/certificate-order.ts';
import { Invalid } from '../domain/errors.ts';
import { Secret } from '../domain/secret.ts';
import { chooseCertificates, configureAuthority, dropAuthority, requestCertificate } from '../workflows/commands/authority.ts';
import { removeCertificate, uploadCertificate } from '../workflows/commands/certificates.ts';
import { showCertificates } from './certificates.ts';
import { findDesa, showDesa } from './desa-show.ts';
import { orShowAgain, redirect } from './notices.ts';
import type { Answer, Visit } from './visit.ts';

export function uploadOne(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  return orShowAgain(
    async () => {
      await uploadCertificate(tools, actor, { chain: form.raw('chain'), key: new Secret(form.raw('key')) });
      return redirect('/sertifikat', 'sertifikat-disimpan');
    },
    (error) => showCertificates(visit, error),
  );
}

export function removeOne(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await removeCertificate(visit.tools, visit.actor, visit.params.text('id'));
      return redirect('/sertifikat', 'sertifikat-dihapus');
    },
    (error) => showCertificates(visit, error),
  );
}

export function askOne(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await requestCertificate(visit.tools, visit.actor, visit.form.text('host'));
      return redirect('/sertifikat', 'sertifikat-diminta');
    },
    (error) => showCertificates(visit, error),
  );
}

export function changeAuthority(visit: Visit): Promise<Answer> {
  const { tools, actor, form } = visit;
  return orShowAgain(
    async () => {
      await configureAuthority(tools, actor, {
        ...{ directory: form.text('directory'), email: form.text('email'), roots: form.raw('roots'), agreed: form.text('agreed') === 'ya' },
      });
      return redirect('/sertifikat', 'penerbit-aktif');
    },
    (error) => showCertificates(visit, error),
  );
}

export function stopAuthority(visit: Visit): Promise<Answer> {
  return orShowAgain(
    async () => {
      await dropAuthority(visit.tools, visit.actor);
      return redirect('/sertifikat', 'setelan-disimpan');
    },
    (error) => showCertificates(visit, error),
  );
}

export async function chooseOne(visit: Visit): Promise<Answer> {
  const { kode } = await findDesa(visit);
  const choice = CERTIFICATE_CHOICES.find((one) => one === visit.form.text('cara'));
  return orShowAgain(
    async () => {
      if (choice === undefined) throw new Invalid('cara-salah', 'Pilihan ini tidak ada.', { field: 'cara' });
      await chooseCertificates(visit.tools, visit.actor, kode, choice);
      return redirect(`/desa/${kode}`, 'setelan-disimpan');
    },
    () => showDesa(visit),
  );
}
