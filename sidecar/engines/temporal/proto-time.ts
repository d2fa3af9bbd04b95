import type { google } from '@temporalio/proto';

/** Milliseconds since 1970; 0 where there is no time. */
export function msOf(time: google.protobuf.ITimestamp | null | undefined): number {
	if (!time) return 0;
	return Number(time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1_000_000);
}
