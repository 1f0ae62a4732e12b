// Only one tab sends at a time: by Web Locks, and where a browser lacks them by a lease in the store.

const NAME = "civicloop-field-outbox";
// A holder that is alive renews its lease before every request; a killed one is outlived.
export const LEASE = 120000;

// Run `work(renew)` unless somebody else is at it; gives {held: false} then.
export async function alone(store, work, { locks = globalThis.navigator && navigator.locks, now = Date.now, holder } = {}) {
  if (locks) {
    return locks.request(NAME, { ifAvailable: true }, async (lock) => (
      lock ? { held: true, value: await work(async () => {}) } : { held: false }
    ));
  }
  const take = () => store.write(["meta"], async (tx) => {
    const meta = tx.objectStore("meta");
    const row = await meta.get("lease");
    if (row && row.value && row.value.holder !== holder && row.value.until > now()) return false;
    await meta.put({ key: "lease", value: { holder, until: now() + LEASE } });
    return true;
  });
  if (!(await take())) return { held: false };
  try {
    return { held: true, value: await work(async () => { if (!(await take())) throw new Error("the lease was lost"); }) };
  } finally {
    await store.write(["meta"], async (tx) => {
      const row = await tx.objectStore("meta").get("lease");
      if (row && row.value && row.value.holder === holder) await tx.objectStore("meta").put({ key: "lease", value: null });
    });
  }
}
