/** What the shop sells. Prices are in cents. */
export const PRODUCTS = [
  { id: 'lamp-desk', category: 'lighting', name: 'Desk lamp', priceCents: 3900 },
  { id: 'lamp-floor', category: 'lighting', name: 'Floor lamp', priceCents: 8900 },
  { id: 'lamp-string', category: 'lighting', name: 'String lights', priceCents: 1900 },
  { id: 'chair-oak', category: 'seating', name: 'Oak chair', priceCents: 12900 },
  { id: 'chair-folding', category: 'seating', name: 'Folding chair', priceCents: 2900 },
  { id: 'stool-bar', category: 'seating', name: 'Bar stool', priceCents: 7400 },
  { id: 'mug-blue', category: 'kitchen', name: 'Blue mug', priceCents: 1200 },
  { id: 'kettle-steel', category: 'kitchen', name: 'Steel kettle', priceCents: 4500 },
  { id: 'pan-iron', category: 'kitchen', name: 'Iron pan', priceCents: 5900 },
  { id: 'rug-wool', category: 'floor', name: 'Wool rug', priceCents: 19900 },
  { id: 'rug-jute', category: 'floor', name: 'Jute rug', priceCents: 9900 },
  { id: 'mat-door', category: 'floor', name: 'Door mat', priceCents: 2400 },
];
