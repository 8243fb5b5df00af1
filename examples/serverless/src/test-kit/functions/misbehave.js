let calls = 0;

/** Fails every other time, the first among them. */
export async function once() {
  calls += 1;
  if (calls % 2 === 1) throw new RangeError('not the first time');
  return calls;
}

export function always() {
  throw new TypeError('never');
}

export function hang() {
  return new Promise(() => {});
}

export function crash() {
  process.exit(3);
}

/** Fails for messages whose body is their first receive's. */
export async function jam({ Records }) {
  const failed = Records.filter(({ body, attributes }) => body === 'bad' && attributes.ApproximateReceiveCount === '1');
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
