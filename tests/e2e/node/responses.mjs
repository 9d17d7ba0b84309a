// The official JavaScript SDK on /v1/responses; prints what it saw as one JSON object.
import OpenAI from "openai";

const [baseURL, key] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: key, maxRetries: 0 });
const seen = {};

const whole = await client.responses.create({ model: "bot", input: "returns: how long?" });
seen.whole = { text: whole.output_text, status: whole.status, action: whole.handrail.action };

const events = [];
const stream = await client.responses.create({ model: "bot", input: "returns: x", stream: true });
for await (const event of stream) events.push(event);
seen.stream = {
  text: events
    .filter((event) => event.type === "response.output_text.delta")
    .map((event) => event.delta)
    .join(""),
  last: events.at(-1).type,
};

const helper = client.responses.stream({ model: "bot", input: "fraud: my card" });
const final = await helper.finalResponse();
seen.helper = { text: final.output_text, status: final.status };

const tools = [{ type: "function", name: "find", parameters: {}, strict: false }];
const called = await client.responses.create({ model: "bot", input: "returns: TOOL", tools });
seen.tool = JSON.parse(called.output[0].arguments);
const answered = await client.responses.create({
  model: "bot",
  tools,
  previous_response_id: called.id,
  input: [{ type: "function_call_output", call_id: called.output[0].call_id, output: "done" }],
});
seen.answered = answered.output_text;
seen.kept = (await client.responses.retrieve(whole.id)).output[0].content[0].text;
await client.responses.delete(whole.id);

async function failure(call) {
  try {
    await call();
    return "nothing was thrown";
  } catch (error) {
    return [error.constructor.name, error.status, error.param];
  }
}

seen.failures = [
  await failure(() => client.responses.retrieve(whole.id)),
  await failure(() => client.responses.create({ model: "bot", input: "x", background: true })),
  await failure(() => client.embeddings.create({ model: "bot", input: "x" })),
  await failure(() => client.embeddings.create({ model: "bot", input: [[1, 2]] })),
];

console.log(JSON.stringify(seen));
