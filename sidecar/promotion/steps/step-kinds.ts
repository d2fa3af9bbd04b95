import type { StepAction } from '../promotion';
import { create } from './create';
import { publish, unpublish } from './publish';
import { publishStandIn } from './publish-stand-in';
import { record } from './record';
import { restage } from './restage';
import { seeLive } from './see-live';
import { stage } from './stage';
import type { StepKind } from './step-context';

export const stepKinds: Record<StepAction, StepKind> = {
	create,
	'publish-stand-in': publishStandIn,
	stage,
	publish,
	'see-live': seeLive,
	unpublish,
	restage,
	record,
};
