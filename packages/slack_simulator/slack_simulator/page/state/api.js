/** The simulator's control API: see packages/slack_simulator/slack_simulator/control/routes.py. */

export function read(path, query = {}) {
  return call("GET", `${path}?${new URLSearchParams(query)}`);
}

export function order(path, body) {
  return call("POST", path, body);
}

/** The body of a 200. Throws an Error with the simulator's own sentence for anything else. */
async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const options = body ? { method, headers, body: JSON.stringify(body) } : { method };
  const response = await fetch(`/control${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
