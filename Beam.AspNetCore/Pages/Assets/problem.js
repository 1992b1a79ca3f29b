// Why something does not go on: what the server says of it, and the errors after which the upload does not try again.

/** An error that another try does not help. */
export class Failure extends Error {
}

/** The browser can no longer read what was chosen. */
export class Unreadable extends Failure {
}

/** What a refusal says. Beam answers with JSON. Something on the way may answer with text; a person sees its first line. */
export async function problem(answer) {
  const body = await answer.text();
  const line = body.split('\n', 1)[0];
  try {
    return { line, ...JSON.parse(body) };
  } catch {
    return { line, detail: line };
  }
}
