import type { CommandManifest } from '../domain/manifest.ts';
import { type Plan, reachesDatabase } from '../domain/plan.ts';
import type { CommandResult, ContainerSpec, Mount } from '../domain/ports-containers.ts';
import { Secret } from '../domain/secret.ts';
import type { StepTools } from './step.ts';
import type { Values } from './values.ts';

/** The container of a planned installation: code from the image, everything writable from its own folders. */
export function containerSpec(plan: Plan, tools: StepTools): ContainerSpec {
  const { manifest, names, release } = plan;
  const socketFolder = reachesDatabase(manifest) ? tools.databases.address.socketFolder : null;
  const mounts: Mount[] = manifest.volumes.map(({ name, path }) => ({
    source: tools.files.path(`${names.folder}/${name}`),
    target: path,
    readOnly: false,
  }));
  mounts.push({ source: tools.files.path(names.runFolder), target: '/run/pendopo', readOnly: false });
  if (socketFolder !== null) mounts.push({ source: socketFolder, target: '/run/mysqld', readOnly: true });
  // The folder above its volumes: a restore exchanges those, and the mount must show the new ones.
  if (manifest.borrow !== undefined && plan.borrowed !== undefined) {
    mounts.push({ source: tools.files.path(plan.borrowed.folder), target: manifest.borrow.files, readOnly: true });
  }
  return {
    name: names.container,
    image: release.image,
    command: tools.apps.entry(manifest.name, manifest.runtime).runtime.serve,
    mounts,
    network: names.network,
    limits: manifest.limits,
    labels: labelsOf(plan),
  };
}

export function labelsOf(plan: Pick<Plan, 'installationId' | 'tenant' | 'manifest'>): Record<string, string> {
  return { 'id.pendopo.installation': plan.installationId, 'id.pendopo.desa': plan.tenant.kode, 'id.pendopo.app': plan.manifest.name };
}

/** The unix socket on which the installation's container answers HTTP. */
export function socketOf(plan: Pick<Plan, 'names'>, tools: Pick<StepTools, 'files'>): string {
  return `${tools.files.path(plan.names.runFolder)}/http.sock`;
}

/** Fills in a command's input; it travels by standard input as one JSON object. */
export function commandInput(command: CommandManifest, values: Values, tools: Pick<StepTools, 'apps'>): Secret {
  const input = Object.fromEntries(Object.entries(command.input).map(([key, template]) => [key, tools.apps.render(template, values)]));
  return new Secret(JSON.stringify(input));
}

/** Runs one of the manifest's commands in a container of its own, for what may not or does not run. */
export function runCommand(plan: Plan, command: CommandManifest, values: Values, tools: StepTools): Promise<CommandResult> {
  return tools.containers.runOnce(containerSpec(plan, tools), {
    command,
    stdin: commandInput(command, values, tools),
    signal: tools.signal,
    onLine: tools.tell,
  });
}

/** Runs one of the manifest's commands in the installation's running container. */
export function execCommand(plan: Plan, command: CommandManifest, values: Values, tools: StepTools): Promise<CommandResult> {
  return tools.containers.exec(plan.names.container, {
    command,
    stdin: commandInput(command, values, tools),
    signal: tools.signal,
    onLine: tools.tell,
  });
}
