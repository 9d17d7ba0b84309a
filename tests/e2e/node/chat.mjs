// The official JavaScript SDK against the proxy; prints what it saw as one JSON object.
import OpenAI from "openai";

const [baseURL, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: key, maxRetries: 0 });
const asked = (content) => ({ model: "bot", messages: [{ role: "user", content }] });
const seen = {};

const whole = await client.chat.completions.create(asked("returns: how long?")).withResponse();
seen.whole = {
  text: whole.data.choices[0].message.content,
  finish: whole.data.choices[0].finish_reason,
  action: whole.data.handrail.action,
  header: whole.response.headers.get("x-handrail-verdict"),
  requestId: whole.request_id,
};

const chunks = [];
const stream = await client.chat.completions.create({ ...asked("returns: how long?"), stream: true });
for await (const chunk of stream) chunks.push(chunk);
seen.stream = {
  text: chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join(""),
  verdict: chunks.at(-1).handrail.verdict,
};

const helper = client.chat.completions.stream(asked("fraud: my card"));
const final = await helper.finalChatCompletion();
seen.helper = {
  text: final.choices[0].message.content,
  finish: final.choices[0].finish_reason,
};

const tools = [{ type: "function", function: { name: "find", parameters: {} } }];
const calling = client.chat.completions.stream({ ...asked("returns: TOOL"), tools });
const called = await calling.finalChatCompletion();
seen.tool = JSON.parse(called.choices[0].message.tool_calls[0].function.arguments);

seen.models = [];
for await (const model of client.models.list()) seen.models.push(model.id);

async function failure(call) {
  try {
    await call();
    return "nothing was thrown";
  } catch (error) {
    return [error.constructor.name, error.status, error.code];
  }
}

const stranger = new OpenAI({ baseURL, apiKey: "wrong", maxRetries: 0 });
seen.failures = [
  await failure(() => stranger.chat.completions.create(asked("returns: x"))),
  await failure(() => client.chat.completions.create({ ...asked("x"), model: "unheard-of" })),
  await failure(() => client.chat.completions.create({ model: "bot", messages: [] })),
];

console.log(JSON.stringify(seen));
