// What the shop's visitors talk to. The trace of a visit begins here.
import '../service-kit/tracing.js';
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import express from 'express';
import { call } from '../service-kit/call.js';
import { handler, serve } from '../service-kit/serve.js';
import { inSubsegment } from '../service-kit/subsegment.js';

const app = express();
app.use(xrayExpress.openSegment('frontend'));
app.use(express.json());
app.use((request, _response, next) => {
  const segment = AWSXRay.getSegment();
  segment.setUser(userOf(request));
  segment.addAnnotation('visitor', request.get('x-shop-user') === undefined ? 'guest' : 'member');
  next();
});

app.get(
  '/',
  passOn('home', () => call('catalog', 'GET', '/products')),
);
app.get(
  '/cart',
  passOn('cart', (request) => call('cart', 'GET', `/carts/${userOf(request)}`)),
);
app.get(
  '/orders/:id',
  passOn('order', (request) => call('order', 'GET', `/orders/${request.params.id}`)),
);

app.get(
  '/products/:id',
  passOn('product', async (request) => {
    const product = await call('catalog', 'GET', `/products/${request.params.id}`);
    if (product.status !== 200) return product;
    const [recommendations, cart] = await Promise.all([
      recommend(product.body),
      call('cart', 'GET', `/carts/${userOf(request)}`),
    ]);
    const cartLines = cart.status === 200 ? cart.body.lines.length : 0;
    const body = await inSubsegment('render page', async (subsegment) => {
      subsegment?.addMetadata('picks', recommendations, 'frontend');
      return { ...product.body, recommendations, cartLines };
    });
    return { status: 200, body };
  }),
);

app.post(
  '/cart',
  passOn('add to cart', (request) => {
    const { product, quantity = 1 } = request.body;
    return call('cart', 'POST', `/carts/${userOf(request)}/lines`, { product, quantity });
  }),
);

app.post(
  '/checkout',
  passOn('checkout', (request) => call('order', 'POST', '/orders', { user: userOf(request), card: request.body.card })),
);

app.use(xrayExpress.closeSegment());
await serve(app);

/** A page that answers what the services behind it answer. */
function passOn(page, ask) {
  return handler(async (request, response) => {
    AWSXRay.getSegment().addAnnotation('page', page);
    const { status, body } = await ask(request);
    response.status(status).json(body);
  });
}

function userOf(request) {
  return encodeURIComponent(request.get('x-shop-user') ?? 'guest');
}

/** A shop without recommendations still sells, so trouble with them is left to the trace. */
async function recommend({ id, category }) {
  try {
    const { status, body } = await call('recommender', 'GET', `/recommendations/${category}?not=${id}`);
    return status === 200 ? body.picks : [];
  } catch {
    return [];
  }
}
