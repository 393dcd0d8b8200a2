// A server that ends as it should: on SIGTERM it takes no new requests and finishes those it has.
const http = require('http');

const server = http.createServer((request, response) => setTimeout(() => response.end('served'), 700));
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port} as ${process.pid}`));
if (process.env.HANDLER !== 'no') {
  process.on('SIGTERM', () => {
    console.log('SIGTERM arrived');
    server.close(() => process.exit(0));
  });
}
