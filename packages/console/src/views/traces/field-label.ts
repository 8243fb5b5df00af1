import { TRACE_FIELDS } from '@fluoroscope/api';

const LABEL: Readonly<Record<(typeof TRACE_FIELDS)[number], string>> = {
  url: 'URL',
  method: 'Method',
  status: 'Status code',
  outcome: 'Outcome',
  service: 'Service',
  entry: 'Entry point',
  user: 'User',
  client: 'Client address',
  agent: 'User agent',
  zone: 'Availability zone',
  instance: 'Instance',
  resource: 'Resource ARN',
  'cause.fault': 'Root cause of faults',
  'cause.error': 'Root cause of errors',
  'cause.responsetime': 'Root cause of response time',
};

/** What people call a field that traces are told apart by. */
export function fieldLabel(field: string): string {
  const known = TRACE_FIELDS.find((it) => it === field);
  return known === undefined ? field.replace(/^annotation\./, '') : LABEL[known];
}
