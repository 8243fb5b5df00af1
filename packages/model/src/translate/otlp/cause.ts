import { cutText } from '../../clean-json.ts';
import { LONG_TEXT_CHARS_MAX, TEXT_CHARS_MAX } from '../../entity-fields.ts';
import type { Exception } from '../../segment-document.ts';
import { readStack, type StackPart } from './stack-frames.ts';
import { SPAN_KIND, STATUS_CODE, type OtlpEvent, type OtlpSpan } from './span.ts';
import { Fields, type SpanSource } from './span-fields.ts';

/** Exceptions of one span; its events keep the others. */
const EXCEPTIONS_MAX = 32;

/** The `cause` block as JSON: what `exception` events tell, else the status message of a failed span. */
export function printCause({ span, fields, resourceFields }: SpanSource): string {
  if (span.events.length === 0 && span.status.code !== STATUS_CODE.error) return '';
  const language = resourceFields.text('telemetry.sdk.language');
  const exceptions: Exception[] = [];
  for (const event of span.events) {
    if (exceptions.length >= EXCEPTIONS_MAX) break;
    if (event.name === 'exception') exceptions.push(...readException(event, span, language, exceptions.length));
    else if (event.name === 'HTTP request failure' && fields.text('rpc.system') === 'aws-api') {
      exceptions.push(readRequestFailure(event, span, exceptions.length));
    }
  }
  if (exceptions.length === 0 && span.status.code === STATUS_CODE.error) {
    const message = span.status.message === '' ? fields.text('http.status_text') : span.status.message;
    if (message !== undefined) {
      exceptions.push({ id: exceptionId(span, 0), ...textMember('message', message, LONG_TEXT_CHARS_MAX) });
    }
  }
  return exceptions.length === 0 ? '' : JSON.stringify({ exceptions: exceptions.slice(0, EXCEPTIONS_MAX) });
}

function readException(
  event: OtlpEvent,
  span: OtlpSpan,
  language: string | undefined,
  offset: number,
): readonly Exception[] {
  const fields = new Fields(event.attributes);
  const parts = readStack(fields.text('exception.stacktrace') ?? '', language);
  return Array.from(parts, (part, index): Exception => {
    const isFirst = index === 0;
    return {
      id: exceptionId(span, offset + index),
      ...textMember('type', isFirst ? fields.text('exception.type') : part.type, TEXT_CHARS_MAX),
      ...textMember('message', isFirst ? fields.text('exception.message') : part.message, LONG_TEXT_CHARS_MAX),
      ...(isRemote(span) && { remote: true }),
      ...stackMember(part),
      ...(index + 1 < parts.length && { cause: exceptionId(span, offset + index + 1) }),
    };
  });
}

function readRequestFailure(event: OtlpEvent, span: OtlpSpan, offset: number): Exception {
  const fields = new Fields(event.attributes);
  const status = fields.number('http.response.status_code', 'http.status_code');
  return {
    id: exceptionId(span, offset),
    ...textMember('type', status === undefined ? undefined : String(status), TEXT_CHARS_MAX),
    ...textMember('message', fields.text('aws.http.error.message', 'aws.http.error_message'), LONG_TEXT_CHARS_MAX),
    remote: true,
  };
}

function isRemote({ kind }: OtlpSpan): boolean {
  return kind === SPAN_KIND.client || kind === SPAN_KIND.producer;
}

function stackMember({ frames, truncatedCount }: StackPart): Pick<Exception, 'stack' | 'truncated'> {
  return {
    ...(frames.length > 0 && { stack: frames }),
    ...(truncatedCount > 0 && { truncated: truncatedCount }),
  };
}

function textMember<Name extends 'type' | 'message'>(
  name: Name,
  text: string | undefined,
  charsMax: number,
): { readonly [key in Name]?: string } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one key is `name`
  return (text === undefined ? {} : { [name]: cutText(text, charsMax) }) as { readonly [key in Name]?: string };
}

/** The same whenever the span is sent again: its id, and how many exceptions came before. */
function exceptionId({ spanId }: OtlpSpan, index: number): string {
  const salt = (Number.parseInt(spanId.slice(0, 4), 16) ^ (0x8000 + index)) & 0xffff;
  return salt.toString(16).padStart(4, '0') + spanId.slice(4);
}
