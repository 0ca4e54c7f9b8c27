// The echo contract on node's own HTTP server: what it understood of a request, as JSON with base64 strings.
'use strict';
const http = require('node:http');

const base64 = (text, encoding) => Buffer.from(text, encoding).toString('base64');

// node hands out names and values in turn, as latin1 text.
const pairs = (flat) => {
  const fields = [];
  for (let at = 0; at < flat.length; at += 2) {
    fields.push([base64(flat[at], 'latin1'), base64(flat[at + 1], 'latin1')]);
  }
  return fields;
};

const server = http.createServer((request, response) => {
  const content = [];
  request.on('data', (piece) => content.push(piece));
  request.on('error', () => {});
  request.on('end', () => {
    const said = JSON.stringify({
      method: base64(request.method, 'latin1'),
      target: base64(request.url, 'latin1'),
      version: request.httpVersion,
      fields: pairs(request.rawHeaders),
      body: Buffer.concat(content).toString('base64'),
      trailers: pairs(request.rawTrailers),
      lacks: [],
    });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(said) });
    response.end(said);
  });
});

// Five seconds are the default, and how long an answer is waited for: an idle connection has to outlive that, or the two race.
server.keepAliveTimeout = 60_000;

server.listen(Number(process.argv[2]), '127.0.0.1');
