import { PRODUCTS } from '../outside/products.js';

const GOOD_CARD = '4242424242424242';
const DECLINED_CARD = '4000000000000002';
/** More than the order service takes in a second. */
const BURST_REQUESTS = 12;

/**
 * What visitors do, and out of a hundred visits how many are like that. A visit gets `send` (one request at the
 * shop's pace), `sendAtOnce` (not slowed down), `pick` (one of a list) and `user` (who visits).
 */
export const JOURNEYS = [
  { share: 22, visit: lookAround },
  { share: 40, visit: readAboutProduct },
  { share: 6, visit: followDeadLink },
  { share: 12, visit: fillCart },
  { share: 12, visit: buy },
  { share: 3, visit: buyNothing },
  { share: 4, visit: buyWithBadCard },
  { share: 1, visit: crowdTheTill },
];

async function lookAround({ send, user }) {
  await send('GET', '/', { user });
}

async function readAboutProduct({ send, pick, user }) {
  await send('GET', `/products/${pick(PRODUCTS).id}`, { user });
}

async function followDeadLink({ send, pick, user }) {
  await send('GET', `/products/${pick(PRODUCTS).id}-2019`, { user });
}

async function fillCart({ send, pick, user }) {
  await send('POST', '/cart', { user, content: { product: pick(PRODUCTS).id, quantity: pick([1, 1, 2, 5]) } });
  await send('GET', '/cart', { user });
}

async function buy({ send, pick, user }) {
  await send('POST', '/cart', { user, content: { product: pick(PRODUCTS).id } });
  const order = await send('POST', '/checkout', { user, content: { card: GOOD_CARD } });
  if (order.status === 201) await send('GET', `/orders/${order.body.id}`, { user });
}

async function buyNothing({ send, pick }) {
  await send('POST', '/checkout', { user: `window-shopper-${pick([1, 2, 3])}`, content: { card: GOOD_CARD } });
}

async function buyWithBadCard({ send, pick, user }) {
  await send('POST', '/cart', { user, content: { product: pick(PRODUCTS).id } });
  await send('POST', '/checkout', { user, content: { card: DECLINED_CARD } });
}

async function crowdTheTill({ send, sendAtOnce, user }) {
  await send('GET', '/', { user });
  const one = () => sendAtOnce('POST', '/checkout', { user, content: { card: GOOD_CARD } });
  await Promise.all(Array.from({ length: BURST_REQUESTS }, one));
}
