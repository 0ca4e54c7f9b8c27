// What node's fetch makes of our server: node fetch.mjs BASE ADLER32
import zlib from "node:zlib";

const [base, known] = process.argv.slice(2);
const CYCLE = Buffer.from("What is written here is known to both ends, octet after octet.\r\n");
const PAGE = Buffer.alloc(12000, CYCLE);
const BLOCK = Buffer.alloc(65536, CYCLE);
const LARGE = 2 ** 30;
let failed = 0;

function check(name, told, wanted) {
    const right = JSON.stringify(told) === JSON.stringify(wanted);
    failed += !right;
    console.log(right ? `  ok        ${name}: ${JSON.stringify(told)}` : `  FAILED    ${name}: ${JSON.stringify(told)}, not ${JSON.stringify(wanted)}`);
}

const content = async (response) => Buffer.from(await response.arrayBuffer());
const ask = (path, options) => fetch(base + path, options);

async function* octets(count) {
    for (; count > 0; count -= BLOCK.length) yield BLOCK;
}

const page = await ask("/page");
check("get, gzip", [page.headers.get("content-encoding"), (await content(page)).equals(PAGE)], ["gzip", true]);
const head = await ask("/page", { method: "HEAD", headers: { "Accept-Encoding": "identity" } });
check("head", [head.headers.get("content-length"), (await content(head)).length], ["12000", 0]);
const range = await ask("/page", { headers: { Range: "bytes=100-199" } });
check("range", [range.status, (await content(range)).equals(PAGE.subarray(100, 200))], [206, true]);
check("condition", (await ask("/page", { headers: { "If-None-Match": '"v1"' } })).status, 304);
check("post", (await content(await ask("/echo", { method: "POST", body: PAGE }))).equals(PAGE), true);
const body = () => ReadableStream.from([PAGE.subarray(0, 10), PAGE.subarray(10)]);
check("chunked", (await content(await ask("/echo", { method: "POST", body: body(), duplex: "half" }))).equals(PAGE), true);
check("trailers", (await content(await ask("/trailers"))).toString(), "in two pieces");
check("hints", (await content(await ask("/hints"))).toString(), "hinted");
let count = 0;
for await (const piece of (await ask(`/octets/${LARGE}`)).body) count += piece.length;
check("large", count, LARGE);
const upload = await ask("/digest", { method: "PUT", body: ReadableStream.from(octets(LARGE)), duplex: "half" });
check("large upload", (await upload.text()).trim(), `${LARGE} octets, adler32 ${known}`);
process.exit(failed ? 1 : 0);
