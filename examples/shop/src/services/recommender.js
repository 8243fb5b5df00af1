// Recommendations: fast while the category's model is in memory, slow when it has to be loaded first.
import '../service-kit/tracing.js';
import { setTimeout as sleep } from 'node:timers/promises';
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import express from 'express';
import { call } from '../service-kit/call.js';
import { handler, serve } from '../service-kit/serve.js';
import { inSubsegment } from '../service-kit/subsegment.js';

/** How long a model is kept. Short, so that the slow path shows again and again. */
const MODEL_KEPT_MS = 20_000;
const PICKS_MAX = 3;

/** @type {Map<string, { loading: Promise<void>, until: number }>} by category */
const models = new Map();

const app = express();
app.use(xrayExpress.openSegment('recommender'));

app.get(
  '/recommendations/:category',
  handler(async (request, response) => {
    const { category } = request.params;
    const isLoaded = Date.now() < (models.get(category)?.until ?? 0);
    AWSXRay.getSegment().addAnnotation('model_loaded', isLoaded);
    if (!isLoaded) await inSubsegment('load model', (subsegment) => loadModel(category, subsegment));

    const { status, body: products } = await call('catalog', 'GET', `/products?category=${category}`);
    if (status !== 200) throw new Error(`the catalogue answered ${status}`);
    const picks = await inSubsegment('rank products', (subsegment) => rank(products, request.query.not, subsegment));
    response.json({ picks });
  }),
);

app.use(xrayExpress.closeSegment());
await serve(app);

async function loadModel(category, subsegment) {
  subsegment?.addAnnotation('category', category);
  const model = models.get(category);
  const isLoading = model !== undefined && model.until === 0;
  if (isLoading) {
    await model.loading;
    return;
  }
  const loading = sleep(700 + Math.random() * 500);
  models.set(category, { loading, until: 0 });
  await loading;
  models.set(category, { loading, until: Date.now() + MODEL_KEPT_MS });
}

async function rank(products, except, subsegment) {
  const ranked = products
    .filter(({ id }) => id !== except)
    .map(({ id, priceCents }) => ({ id, score: Number((Math.random() + 1000 / priceCents).toFixed(3)) }))
    .sort((a, b) => b.score - a.score);
  // Metadata is kept with the trace but not indexed: the place for what one wants to read, not to search.
  subsegment?.addMetadata('ranked', ranked, 'recommender');
  await sleep(2 + Math.random() * 8);
  return ranked.slice(0, PICKS_MAX).map(({ id }) => id);
}
