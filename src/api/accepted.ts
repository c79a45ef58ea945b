import type { FastifyReply } from 'fastify';

/** Says that a job was asked for, and where to watch it. */
export function sendAccepted(reply: FastifyReply, { jobId }: { readonly jobId: string }): FastifyReply {
  return reply.code(202).header('location', `/api/v1/pekerjaan/${jobId}`).send({ jobId });
}
