import type { LossCount, TrustAnswer } from '@fluoroscope/api';
import { IconShieldCheck } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { formatBytes, formatCount, formatCountOf } from '../../text/format.ts';
import { visible } from '../../text/visible.ts';
import { TrustServices } from './trust-services.tsx';

/** Where everything went that came: nothing is lost without being counted. */
export function TrustPanel({ trust }: { readonly trust: TrustAnswer }): ReactNode {
  return (
    <section className="card" data-testid="trust">
      <h2>Trust</h2>
      <Balance trust={trust} />
      <div className="card-columns">
        <Channels trust={trust} />
        <Losses trust={trust} />
      </div>
      <TrustServices trust={trust} />
    </section>
  );
}

/** Both sides of the equation, in its order. */
function Balance({ trust: { documents } }: { readonly trust: TrustAnswer }): ReactNode {
  const came: readonly (readonly [string, number, string])[] = [
    ['received', documents.received, ''],
    ...(documents.backlogAtStart > 0 ? [['from before', documents.backlogAtStart, ''] as const] : []),
  ];
  const went: readonly (readonly [string, number, string])[] = [
    ['stored', documents.stored, 'o-ok'],
    ...(documents.duplicate > 0 ? [['known already', documents.duplicate, 'o-pending'] as const] : []),
    ['refused', documents.refused, documents.refused > 0 ? 'o-error' : ''],
    ['dropped', documents.dropped, documents.dropped > 0 ? 'o-fault' : ''],
    ['on the way', documents.waiting + documents.backlog, ''],
  ];
  return (
    <div className="balance" data-testid="balance" role="group" aria-label="Documents that came, and where they went">
      {came.map(([word, count, outcome], at) => (
        <Fragment key={word}>
          {at === 0 ? null : <span aria-hidden>+</span>}
          <Term word={word} count={count} outcome={outcome} />
        </Fragment>
      ))}
      <span aria-hidden>=</span>
      {went.map(([word, count, outcome], at) => (
        <Fragment key={word}>
          {at === 0 ? null : <span aria-hidden>+</span>}
          <Term word={word} count={count} outcome={outcome} />
        </Fragment>
      ))}
    </div>
  );
}

function Term({
  word,
  count,
  outcome,
}: {
  readonly word: string;
  readonly count: number;
  readonly outcome: string;
}): ReactNode {
  return (
    <span className={`term ${outcome}`} data-testid={`balance-${word}`}>
      <b className="num">{formatCount(count)}</b>
      {word}
    </span>
  );
}

function Channels({ trust: { channels, datagrams } }: { readonly trust: TrustAnswer }): ReactNode {
  return (
    <div>
      <h3>By channel</h3>
      {channels.length === 0 ? (
        <p className="form-hint">
          Nothing has come so far. Senders are told of in the docs: X-Ray by UDP and HTTP on port 2000, OTLP, Zipkin,
          Jaeger.
        </p>
      ) : (
        <table className="mini-table">
          <thead>
            <tr>
              <th scope="col">Channel</th>
              <th scope="col">Received</th>
              <th scope="col">Size</th>
              <th scope="col">Refused</th>
              <th scope="col">Dropped</th>
            </tr>
          </thead>
          <tbody>
            {channels.map(({ channel, received, bytes, refused, dropped }) => (
              <tr key={channel}>
                <th scope="row">{visible(channel, 20)}</th>
                <td className="num">{formatCount(received)}</td>
                <td className="num">{formatBytes(bytes)}</td>
                <td className={`num ${refused > 0 ? 'o-error counted' : ''}`}>{formatCount(refused)}</td>
                <td className={`num ${dropped > 0 ? 'o-fault counted' : ''}`}>{formatCount(dropped)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {datagrams.received === 0 && datagrams.kernelDropped === 0 ? null : (
        <p className="form-hint">
          UDP: {formatCountOf(datagrams.received, 'datagram')},{' '}
          {datagrams.kernelDropped === 0 ? (
            'none'
          ) : (
            <b className="o-fault counted">{formatCount(datagrams.kernelDropped)}</b>
          )}{' '}
          dropped by the kernel.
        </p>
      )}
    </div>
  );
}

const KIND: Readonly<Record<LossCount['kind'], string>> = {
  refused: 'refused',
  dropped: 'dropped',
  calls: 'calls put off',
  spans: 'spans refused',
  datagrams: 'datagrams refused',
};

function Losses({ trust: { losses } }: { readonly trust: TrustAnswer }): ReactNode {
  return (
    <div data-testid="losses">
      <h3>Losses by reason</h3>
      {losses.length === 0 ? (
        <p className="form-hint card-good">
          <IconShieldCheck size={16} aria-hidden />
          Nothing was refused, dropped or lost.
        </p>
      ) : (
        <table className="mini-table">
          <thead>
            <tr>
              <th scope="col">Reason</th>
              <th scope="col">What</th>
              <th scope="col">Channel</th>
              <th scope="col">Count</th>
            </tr>
          </thead>
          <tbody>
            {losses.map(({ kind, channel, reason, count }) => (
              <tr key={`${kind} ${channel} ${reason}`} data-testid={`loss-${reason}`}>
                <th scope="row">{visible(reason, 40)}</th>
                <td>
                  <span className={`tag ${kind === 'dropped' ? 'o-fault' : 'o-error'}`}>{KIND[kind]}</span>
                </td>
                <td>{visible(channel, 20)}</td>
                <td className="num">{formatCount(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
