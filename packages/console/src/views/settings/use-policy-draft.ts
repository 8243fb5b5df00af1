import type { ResourcePolicy } from '@fluoroscope/api';
import { useState } from 'react';
import { putPolicy } from '../../http/administration.ts';
import { EXAMPLE_POLICY, placeRefusal, type PolicyRefusal } from '../../settings/policy.ts';
import { refusedField } from '../../settings/refusal.ts';
import { type Change, useChange } from './use-change.ts';

const FIELDS = ['PolicyName', 'PolicyDocument', 'PolicyRevisionId'] as const;
/** Asks for a policy that does not exist yet. */
const NEW_REVISION = '0';

interface PolicyDraft {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly document: string;
  readonly setDocument: (document: string) => void;
  readonly mayLockOut: boolean;
  readonly setMayLockOut: (may: boolean) => void;
  /** That what is written here is based on. */
  readonly revision: string;
  readonly change: Change;
  /** Which one the server refused. */
  readonly field: (typeof FIELDS)[number] | null;
  /** Where in the text, as it was sent. */
  readonly refusal: PolicyRefusal | null;
  /** True: it is kept. Over this revision; null: only if there is none of this name. */
  readonly save: (over?: string | null) => Promise<boolean>;
  readonly take: (theirs: ResourcePolicy) => void;
}

/** A policy as it is written; `opened`: the one that it was, or is like. */
export function usePolicyDraft(isEdit: boolean, opened: ResourcePolicy | undefined): PolicyDraft {
  const [name, setName] = useState(isEdit ? (opened?.PolicyName ?? '') : '');
  const [document, setDocument] = useState(opened?.PolicyDocument ?? EXAMPLE_POLICY);
  const [revision, setRevision] = useState(isEdit ? (opened?.PolicyRevisionId ?? '') : NEW_REVISION);
  const [sentDocument, setSentDocument] = useState('');
  const [mayLockOut, setMayLockOut] = useState(false);
  const change = useChange();
  const { problem } = change;
  return {
    name,
    setName,
    document,
    setDocument,
    mayLockOut,
    setMayLockOut,
    revision,
    change,
    field: problem === null ? null : refusedField(problem, FIELDS),
    refusal: problem === null ? null : placeRefusal(sentDocument, problem),
    save(over = revision) {
      const basedOn = over ?? NEW_REVISION;
      setSentDocument(document);
      setRevision(basedOn);
      const input = {
        PolicyName: name.trim(),
        PolicyDocument: document,
        PolicyRevisionId: basedOn,
        BypassPolicyLockoutCheck: mayLockOut,
      };
      return change.run(() => putPolicy(input));
    },
    take(theirs) {
      setDocument(theirs.PolicyDocument ?? '');
      setRevision(theirs.PolicyRevisionId ?? '');
      change.clear();
    },
  };
}
