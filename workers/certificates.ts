import type { Toolbox } from '../src/domain/ports.ts';
import { whileHeld } from '../src/workflows/held.ts';
import { orderCertificates } from '../src/workflows/order-certificates.ts';
import { retireCertificates } from '../src/workflows/retire-certificates.ts';
import { applyRoutes } from '../src/workflows/routes.ts';
import { secureHosts } from '../src/workflows/secure-hosts.ts';

const EVERY_MS = 2_000;
/** Looked at anew even when none came or went: one may have begun or ended since. */
const AGAIN_MS = 3_600_000;

/** Keeps what the front answers by https in step with the certificates on record, until the signal comes. Any number of workers may do it. */
export async function keepCertified(tools: Toolbox, signal: AbortSignal): Promise<void> {
  let known: string | null = null;
  let looked = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      const choices = await tools.certificateChoices.ofInstallations();
      const stamp = `${await tools.certificates.stamp()} ${JSON.stringify([...choices])}`;
      if (stamp !== known || tools.clock.elapsed() - looked >= AGAIN_MS) {
        await bringUp(tools, signal);
        await retireCertificates(tools);
        [known, looked] = [stamp, tools.clock.elapsed()];
      }
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'certificates not in effect, trying again');
    }
    await tools.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}

async function bringUp(tools: Toolbox, signal: AbortSignal): Promise<void> {
  const told = (hosts: readonly { host: string; certificateId: string }[]): string =>
    hosts
      .map(({ host, certificateId }) => `${host} ${certificateId}`)
      .sort()
      .join('\n');
  const wanted = await secureHosts(await tools.routes.all(), tools);
  if (told(wanted) !== told(await tools.front.secured())) await applyRoutes({ ...tools, signal });
}

const ORDER_EVERY_MS = 3_000;
/** A worker that dies leaves its round to another one after this. */
const HOLD_MS = 10_000;
const ROUND_MS = 15 * 60_000;

/**
 * Asks the authority for what names are owed, until the signal comes. One worker at a time does so. While nothing is due
 * and nothing has changed, a turn is one question to the record.
 */
export async function keepOrdering(tools: Toolbox, holder: string, signal: AbortSignal): Promise<void> {
  let known: string | null = null;
  let looked = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    try {
      const standing = await tools.certificateOrders.standing(tools.clock.now());
      if (standing !== null && (standing.isDue || standing.stamp !== known || tools.clock.elapsed() - looked >= AGAIN_MS)) {
        const isDone = await whileHeld(tools, { resource: 'certificate-orders', holder, holdMs: HOLD_MS }, signal, async (held) => {
          await orderCertificates(tools, AbortSignal.any([held, AbortSignal.timeout(ROUND_MS)]));
        });
        // Another worker's round may break off: who has not looked has seen nothing.
        if (isDone) [known, looked] = [standing.stamp, tools.clock.elapsed()];
      }
    } catch (error) {
      if (!signal.aborted) tools.log.warn({ err: error }, 'certificates not asked for, trying again');
    }
    await tools.clock.sleep(ORDER_EVERY_MS, signal).catch(() => undefined);
  }
}
