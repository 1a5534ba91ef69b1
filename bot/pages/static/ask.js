// Questions to the demo's server.

/** The JSON answer of `path`, or null when the server cannot be reached or says no. `body` makes it a POST. */
export async function ask(path, body) {
  const headers = { "Content-Type": "application/json" };
  const options = body ? { method: "POST", headers, body: JSON.stringify(body) } : {};
  try {
    const answer = await fetch(path, options);
    return answer.ok ? await answer.json() : null;
  } catch (failure) {
    console.info(path, failure.message);
    return null;
  }
}
