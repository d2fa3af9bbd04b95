import { readonly, ref } from 'vue';

const ticking = ref(Date.now());
setInterval(() => (ticking.value = Date.now()), 5_000);

/** Milliseconds since 1970, moved on every five seconds: what relative times are computed from. */
export const now = readonly(ticking);
