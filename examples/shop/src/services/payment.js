// Payment: asks the bank, which is not traced, and fails with an exception when the bank says no.
import '../service-kit/tracing.js';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import express from 'express';
import { call } from '../service-kit/call.js';
import { handler, serve } from '../service-kit/serve.js';
import { inSubsegment } from '../service-kit/subsegment.js';

class CardDeclinedError extends Error {
  name = 'CardDeclinedError';
}

const app = express();
app.use(xrayExpress.openSegment('payment'));
app.use(express.json());

app.post(
  '/charges',
  handler(async (request, response) => {
    const { card, amountCents } = request.body;
    AWSXRay.getSegment().addAnnotation('amount_cents', amountCents);
    await inSubsegment('check for fraud', () => sleep(3 + Math.random() * 10));
    await inSubsegment('charge card', (subsegment) => charge(card, amountCents, subsegment));
    response.status(201).json({ charge: randomUUID() });
  }),
);

app.use(xrayExpress.closeSegment());
await serve(app);

async function charge(card, amountCents, subsegment) {
  subsegment?.addAnnotation('card_ending', card.slice(-4));
  const { body } = await call('bank', 'POST', '/authorisations', { amountCents, card });
  if (!body.approved) throw new CardDeclinedError(`card ending in ${card.slice(-4)} was declined: ${body.reason}`);
}
