import type { FastifyReply } from 'fastify';

/** `work` with a signal that whoever asked has gone. */
export async function askedBy<Answer>(
  { raw }: Pick<FastifyReply, 'raw'>,
  work: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  raw.once('close', stop);
  try {
    return await work(gone.signal);
  } finally {
    raw.off('close', stop);
  }
}
