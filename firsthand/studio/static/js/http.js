// Talk to the server: every request that changes something carries the proof that this page made it.

export const proof = document.querySelector('meta[name="proof"]')?.content ?? "";

export async function post(url, body) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Firsthand": proof },
    body: JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(answer.detail ?? `The server answered ${response.status}.`), { status: response.status, answer });
  return answer;
}
