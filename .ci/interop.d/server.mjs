// A node server with the resources that .ci/interop asks for: node server.mjs CERT KEY
import fs from "node:fs";
import http from "node:http";
import https from "node:https";
import { Readable } from "node:stream";

const CYCLE = Buffer.from("What is written here is known to both ends, octet after octet.\r\n");
const PAGE = Buffer.alloc(12000, CYCLE);
const BLOCK = Buffer.alloc(65536, CYCLE);
const ETAG = '"v1"';

function* octets(count) {
    for (; count > BLOCK.length; count -= BLOCK.length) yield BLOCK;
    yield BLOCK.subarray(0, count);
}

function adler32(octets, sum) {
    let low = sum & 0xffff, high = sum >>> 16;
    for (let at = 0; at < octets.length; ) {
        const until = Math.min(octets.length, at + 5552);
        for (; at < until; at++) {
            low += octets[at];
            high += low;
        }
        low %= 65521;
        high %= 65521;
    }
    return ((high << 16) | low) >>> 0;
}

async function answer(request, response) {
    const [, path, rest] = request.url.split("/");
    if (path === "page") {
        response.setHeader("ETag", ETAG);
        const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
        if (request.headers["if-none-match"] === ETAG) {
            response.writeHead(304).end();
        } else if (range) {
            const [from, to] = [+range[1], +range[2]];
            response.writeHead(206, { "Content-Range": `bytes ${from}-${to}/${PAGE.length}` });
            response.end(PAGE.subarray(from, to + 1));
        } else {
            response.setHeader("Content-Length", PAGE.length);
            response.end(PAGE);
        }
    } else if (path === "octets") {
        response.setHeader("Content-Length", rest);
        Readable.from(octets(+rest)).pipe(response);
    } else if (path === "digest") {
        let sum = 1, count = 0;
        for await (const piece of request) {
            sum = adler32(piece, sum);
            count += piece.length;
        }
        response.end(`${count} octets, adler32 ${sum}\n`);
    } else if (path === "echo") {
        const pieces = [];
        for await (const piece of request) pieces.push(piece);
        response.end(Buffer.concat(pieces));
    } else if (path === "trailers") {
        response.writeHead(200, { Trailer: "Note" });
        response.write("in two ");
        response.write("pieces");
        response.addTrailers({ Note: "the end" });
        response.end();
    } else if (path === "connection") {
        response.end(`${request.socket.remotePort}`);
    } else {
        response.writeHead(404).end();
    }
}

const [cert, key] = process.argv.slice(2).map((path) => fs.readFileSync(path));
const plain = http.createServer(answer).listen(0, "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${plain.address().port}`);
    const secured = https.createServer({ cert, key }, answer).listen(0, "127.0.0.1", () => {
        console.log(`listening on https://localhost:${secured.address().port}`);
    });
});
// Nobody there any more who wants it.
process.stdin.resume().on("end", () => process.exit(0));
