import type { InputOf, OperationName, OutputOf } from '@fluoroscope/api/operations';

/** Answers one operation; knows no transport. Throws ApiError for what the client did wrong or must wait for. */
export type Handler<Name extends OperationName> = (input: InputOf<Name>) => Promise<OutputOf<Name>>;

export type Handlers = { readonly [Name in OperationName]: Handler<Name> };
