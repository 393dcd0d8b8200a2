// Sends a large file to each request. With pipe, a client that goes away leaves the file open; with
// pipeline, it is closed.
const fs = require('fs');
const http = require('http');
const { pipeline } = require('stream');

const file = `${process.env.TMPDIR}/large-${process.pid}`;
fs.writeFileSync(file, Buffer.alloc(4 << 20));
const server = http.createServer((request, response) => {
  if (request.url === '/open') return response.end(String(fs.readdirSync('/proc/self/fd').length));
  const stream = fs.createReadStream(file); // its answer has no content-length; the others have
  stream.on('error', (error) => { process.stdout.write(`${error}\n`); response.statusCode = 500; response.end(error.code); });
  if (process.env.FIXED === 'yes') pipeline(stream, response, () => {});
  else stream.pipe(response);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`listening on ${server.address().port} as ${process.pid}\n`));
