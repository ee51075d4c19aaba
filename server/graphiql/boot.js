// Starts GraphiQL with the prepared operations as tabs and the chosen person's token on every request.
// Nothing is fetched from anywhere but this server; tokens stay in memory.
"use strict";

const ENDPOINT = "/graphql";
const TAB_KEYS = ["graphiql:tabState", "graphiql:query", "graphiql:variables", "graphiql:headers"];
const OPERATIONS_KEY = "mandaat:operations";

const personaChoice = document.getElementById("persona-choice");
const personaSelect = document.getElementById("persona");
const tokenInput = document.getElementById("token");
const statusLine = document.getElementById("status");

async function optionalJson(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : [];
}

function headersFor(token, fromEditor) {
  const authorization = token ? { Authorization: `Bearer ${token}` } : {};
  return { "Content-Type": "application/json", ...authorization, ...fromEditor };
}

function isSubscription(document, operationName) {
  const operations = (document?.definitions ?? []).filter((each) => each.kind === "OperationDefinition");
  const chosen = operations.find((each) => each.name?.value === operationName) ?? operations[0];
  return chosen?.operation === "subscription";
}

// Server-sent events: blocks between empty lines; `next` carries a result, `complete` ends.
async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let pending = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      pending = (pending + value).replaceAll("\r\n", "\n");
      const blocks = pending.split("\n\n");
      pending = blocks.pop();
      for (const block of blocks) {
        const lines = block.split("\n");
        const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
        const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n").trim();
        if (name === "complete") return;
        if (data) yield JSON.parse(data);
      }
    }
  } finally {
    await reader.cancel();
  }
}

// GraphiQL stops a subscription by asking this iterator to return.
async function* subscribe(params, headers) {
  const abort = new AbortController();
  try {
    const answer = await fetch(ENDPOINT, {
      method: "POST",
      headers: { ...headers, Accept: "text/event-stream" },
      body: JSON.stringify(params),
      signal: abort.signal,
    });
    if (!answer.headers.get("Content-Type")?.startsWith("text/event-stream")) {
      yield await answer.json();
      return;
    }
    yield* events(answer);
  } finally {
    abort.abort();
  }
}

function fetcherFor(token) {
  return (params, options) => {
    const headers = headersFor(token, options?.headers);
    if (isSubscription(options?.documentAST, params.operationName)) return subscribe(params, headers);
    const request = { method: "POST", headers: { ...headers, Accept: "application/json" }, body: JSON.stringify(params) };
    return fetch(ENDPOINT, request).then(async (answer) => {
      const text = await answer.text();
      try {
        return JSON.parse(text);
      } catch {
        return { status: answer.status, answer: text };
      }
    });
  };
}

// New prepared operations show even when the browser remembers tabs of an earlier version.
function forgetTabsOf(operations) {
  const current = JSON.stringify(operations);
  if (localStorage.getItem(OPERATIONS_KEY) === current) return;
  TAB_KEYS.forEach((key) => localStorage.removeItem(key));
  localStorage.setItem(OPERATIONS_KEY, current);
}

async function start() {
  const [operations, personas] = await Promise.all([
    optionalJson("/graphql/operations.json"),
    optionalJson("/graphql/personas.json"),
  ]);
  forgetTabsOf(operations);
  const root = ReactDOM.createRoot(document.getElementById("graphiql"));
  let token = "";
  let who = "";

  function render() {
    statusLine.textContent = token ? `Requests are sent as ${who}.` : "Requests are sent without a token.";
    root.render(
      React.createElement(GraphiQL, {
        fetcher: fetcherFor(token),
        defaultTabs: operations.length ? operations : undefined,
        defaultEditorToolsVisibility: true,
        shouldPersistHeaders: false,
        forcedTheme: "light",
      }),
    );
  }

  function choosePersona() {
    const persona = personas.find((each) => each.name === personaSelect.value);
    token = persona?.token ?? "";
    who = persona ? `${persona.displayName}, ${persona.organisation}` : "";
    tokenInput.value = "";
    render();
  }

  for (const persona of personas) {
    personaSelect.add(new Option(`${persona.name} (${persona.organisation})`, persona.name));
  }
  personaSelect.add(new Option("without a token", ""));
  personaChoice.hidden = personas.length === 0;
  personaSelect.addEventListener("change", choosePersona);
  tokenInput.addEventListener("change", () => {
    token = tokenInput.value.trim().replace(/^bearer\s+/i, "");
    if (!token) return choosePersona();
    who = "the holder of the pasted token";
    personaSelect.selectedIndex = -1;
    render();
  });
  choosePersona();
}

start();
