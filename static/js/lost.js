// A link to #comment-7 where comment 7 is on another page of the discussion, or has moved to another
// article: the server knows where, and by an address of its own it can be asked.

export async function findLost() {
  const [, number] = /^#comment-(\d+)$/.exec(location.hash) ?? [];
  if (!number || document.getElementById(location.hash.slice(1))) return;
  const address = `${location.pathname}comment-${number}/`;
  const answer = await fetch(address, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") location.replace(address);
}
