import { ApiError, type ResourcePolicy } from '@fluoroscope/api';
import type { ControlPlane } from './control-plane.ts';
import type { ControlState, KeptPolicy } from './control-state.ts';
import type { ControlLimits } from './limits.ts';
import {
  judgePolicies,
  locksOut,
  readPolicyDocument,
  type PolicyDocument,
  type PolicyQuestion,
  type PolicyVerdict,
} from './policy-document.ts';

export interface ResourcePolicies {
  /** Makes a policy, or replaces the one of this name. */
  put(input: NewPolicy): Promise<ResourcePolicy>;
  /** In the order of their names. */
  list(): readonly ResourcePolicy[];
  remove(name: string, revisionId: string | undefined): Promise<void>;
  /** What all of them together say to a request. */
  judge(question: PolicyQuestion): PolicyVerdict;
}

export interface NewPolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
  readonly PolicyRevisionId?: string | undefined;
  readonly BypassPolicyLockoutCheck?: boolean | undefined;
}

export interface ResourcePoliciesOptions {
  readonly control: ControlPlane;
  readonly limits: ControlLimits;
  /** Whose keys they are. */
  readonly accountId: string;
  readonly newId: () => string;
  readonly nowSeconds: () => number;
}

/** Asks for a policy that does not exist yet. */
const NEW_REVISION = '0';

/** Stands for a kept document that cannot be read: only a version with other rules can have taken it. */
const DENY_ALL: PolicyDocument = {
  statements: [{ effect: 'Deny', principals: ['*'], actions: ['*'], resources: ['*'], conditional: false }],
};

export function createResourcePolicies(options: ResourcePoliciesOptions): ResourcePolicies {
  const { control, limits, accountId, newId, nowSeconds } = options;
  const documents = new WeakMap<KeptPolicy, PolicyDocument>();

  function documentOf(policy: KeptPolicy): PolicyDocument {
    const known = documents.get(policy);
    if (known !== undefined) return known;
    const read = readPolicyDocument(policy.document);
    const document = read.ok ? read.value : DENY_ALL;
    documents.set(policy, document);
    return document;
  }

  return {
    judge: (question) => judgePolicies(control.state.policies.map(documentOf), { ...question, accountId }),
    put: (input) =>
      control.change((state) => {
        requireDocument(input, limits);
        const { PolicyName: name, PolicyDocument: document, PolicyRevisionId: revisionId } = input;
        const present = findPolicy(state, name);
        requireRevision(present, name, revisionId);
        if (present === undefined && state.policies.length >= limits.resourcePoliciesMax) {
          throw new ApiError(
            'PolicyCountLimitExceededException',
            `there are ${limits.resourcePoliciesMax} resource policies already`,
          );
        }
        const policy: KeptPolicy = { name, document, revisionId: newId(), updatedAt: Math.floor(nowSeconds()) };
        const others = state.policies.filter((one) => one !== present);
        return { state: { ...state, policies: [...others, policy] }, answer: printPolicy(policy) };
      }),
    list: () => control.state.policies.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(printPolicy),
    remove: (name, revisionId) =>
      control.change((state) => {
        const present = findPolicy(state, name);
        if (present === undefined)
          throw new ApiError('InvalidRequestException', `PolicyName: there is no resource policy "${name}"`);
        requireRevision(present, name, revisionId);
        const policies = state.policies.filter((one) => one !== present);
        return { state: { ...state, policies }, answer: undefined };
      }),
  };
}

function findPolicy(state: ControlState, name: string): KeptPolicy | undefined {
  return state.policies.find((policy) => policy.name === name);
}

function requireRevision(present: KeptPolicy | undefined, name: string, asked: string | undefined): void {
  if (asked === undefined) return;
  if (asked === NEW_REVISION ? present === undefined : present?.revisionId === asked) return;
  const why =
    present === undefined
      ? `there is no resource policy "${name}"`
      : asked === NEW_REVISION
        ? `there is a resource policy "${name}" already`
        : `the resource policy "${name}" has another revision`;
  throw new ApiError('InvalidPolicyRevisionIdException', `PolicyRevisionId: ${why}`);
}

function requireDocument(input: NewPolicy, { resourcePolicySize }: ControlLimits): void {
  const { PolicyDocument: text, BypassPolicyLockoutCheck: mayLockOut = false } = input;
  if (Buffer.byteLength(text) > resourcePolicySize) {
    throw new ApiError(
      'PolicySizeLimitExceededException',
      `PolicyDocument: a resource policy has at most ${resourcePolicySize} bytes`,
    );
  }
  const document = readPolicyDocument(text);
  if (!document.ok) throw new ApiError('MalformedPolicyDocumentException', `PolicyDocument: ${document.problem}`);
  if (!mayLockOut && locksOut(document.value)) {
    throw new ApiError(
      'LockoutPreventionException',
      'PolicyDocument: it would deny everybody xray:PutResourcePolicy; with BypassPolicyLockoutCheck it is taken nevertheless',
    );
  }
}

function printPolicy({ name, document, revisionId, updatedAt }: KeptPolicy): ResourcePolicy {
  return { PolicyName: name, PolicyDocument: document, PolicyRevisionId: revisionId, LastUpdatedTime: updatedAt };
}
