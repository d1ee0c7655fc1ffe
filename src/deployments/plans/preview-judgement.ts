import {
  type ChangeClass,
  decideUnseen,
  graverChange,
  isNested,
  nestedStackType,
  type StackAnalysis,
  typeClass,
} from '../../changes/index.ts';
import type { Preview, ResourcePreview } from '../../provisioners/index.ts';

/** When a deployment asks the provider what it would do, besides what is said without it. */
export type WhenPreviewed = 'always' | 'when-needed';

/**
 * Whether the provider is worth asking: it costs several calls and seconds. It is where the analysis does not know, where
 * it leaves something undecided, and where the change is grave, which two should say.
 */
export function isPreviewNeeded(analysis: StackAnalysis): boolean {
  if (!analysis.known) return true;
  if (analysis.changeClass !== 'none' && analysis.changeClass !== 'compatible') return true;
  if (analysis.resources.some(({ impact }) => impact === 'conditional-replace')) return true;
  return analysis.findings.some(({ evidence }) => evidence.certainty === 'undecided');
}

/** What the provider's answer means by itself; undefined when it has none. */
export function previewClass({ kind, resources }: Preview): ChangeClass | undefined {
  switch (kind) {
    case 'unknown':
      return undefined;
    case 'no-change':
      return 'none';
    case 'create':
      return 'compatible';
    case 'update':
      return resources.map(resourceClass).reduce(graverChange, 'compatible');
  }
}

function resourceClass({ type, action, replacement }: ResourcePreview): ChangeClass {
  const isLost = action === 'remove' || replacement !== 'no';
  if (!isLost || action === 'add' || action === 'import') return 'compatible';
  switch (typeClass(type)) {
    case 'stateful':
      return 'data-affecting';
    case 'identity':
      return 'breaking';
    default:
      return 'compatible';
  }
}

type Known = Extract<StackAnalysis, { readonly known: true }>;

/** What nobody could look into without the provider is as the provider says, where it can say it. */
export function decidedAnalysis(analysis: StackAnalysis, { kind, resources, unseen }: Preview): StackAnalysis {
  if (!analysis.known || !unseen || kind === 'unknown' || kind === 'create') return analysis;
  return decideUnseen(analysis, resources, unseen);
}

/**
 * Where the analysis and the provider say different things about a resource, each in a sentence. Of nested stacks themselves
 * the provider may say that they are modified, or nothing; of what is in one it may be unable to speak, and does not where
 * it goes.
 */
export function previewDisagreements({ resources }: Known, preview: Preview): readonly string[] {
  if (preview.kind === 'unknown' || preview.kind === 'create') return [];
  const said = new Map(preview.resources.map((resource) => [resource.logicalId, resource]));
  const { unseen } = preview;
  const silent = [
    ...(unseen ?? []),
    ...[...said.values()].flatMap((each) => (each.action === 'remove' ? each.logicalId : [])),
  ];
  const isTold = (logicalId: string) =>
    !isNested({ logicalId }) || (unseen && !silent.some((stack) => logicalId.startsWith(`${stack}/`)));
  const ids = new Set([...resources.map(({ logicalId }) => logicalId).filter(isTold), ...said.keys()]);
  return [...ids].flatMap((logicalId) => {
    const ours = resources.find((resource) => resource.logicalId === logicalId);
    const impact = ours?.impact ?? 'none';
    const theirs = said.get(logicalId);
    const isStack = (ours ?? theirs)?.type === nestedStackType;
    if (agrees(impact, theirs) || (isStack && ofUnseenStack(impact, theirs))) return [];
    return [`${logicalId}: ${impact} by analysis, ${theirs ? wordOf(theirs) : 'no change'} by the provider`];
  });
}

/**
 * What is to be decided on beyond what the analysis says, each in a clause, sorted: where the provider contradicts it or
 * decides what it leaves open, and all that the provider says where the analysis does not know. [] when it was not asked,
 * cannot say, or says the same: what is not said at every look is not in the id of a plan.
 */
export function providerAdds(
  analysis: StackAnalysis,
  preview: Preview | undefined,
  disagreements: readonly string[],
): readonly string[] {
  if (!preview || preview.kind === 'unknown') return [];
  const said = ({ logicalId, ...does }: ResourcePreview) => `${logicalId}: ${wordOf(does)} by the provider`;
  if (!analysis.known) return [`${preview.kind} by the provider`, ...preview.resources.map(said).sort()];
  const open = new Set(
    analysis.resources.filter(({ impact }) => impact === 'conditional-replace').map(({ logicalId }) => logicalId),
  );
  const decided = preview.resources.filter(({ logicalId, type }) => open.has(logicalId) && type !== nestedStackType);
  return [...new Set([...disagreements, ...decided.map(said)])].sort();
}

function agrees(impact: string, theirs: ResourcePreview | undefined): boolean {
  switch (impact) {
    case 'add':
      return theirs?.action === 'add' || theirs?.action === 'import';
    case 'remove':
    case 'retain':
      return theirs?.action === 'remove';
    case 'replace':
      return theirs?.action === 'modify' && theirs.replacement !== 'no';
    case 'conditional-replace':
      return theirs?.action === 'modify' || theirs?.action === 'dynamic';
    case 'update-in-place':
    case 'update-interrupt':
      return theirs?.action === 'modify' && theirs.replacement !== 'yes';
    default:
      return theirs === undefined || theirs.action === 'dynamic';
  }
}

/** The template under the same address may be another one: only who looks into it knows. */
function ofUnseenStack(impact: string, theirs: ResourcePreview | undefined): boolean {
  return !['add', 'remove', 'retain'].includes(impact) && (theirs?.action ?? 'modify') === 'modify';
}

function wordOf({ action, replacement }: Pick<ResourcePreview, 'action' | 'replacement'>): string {
  if (action !== 'modify') return action;
  return { yes: 'replace', maybe: 'perhaps replace', no: 'modify in place' }[replacement];
}
