// A server with one route whose handler fails after it has begun, and one that is fine. MODE says
// what is done about the failure.
const http = require('http');

const MODE = process.env.MODE ?? 'nothing';
if (MODE === 'silenced') process.on('unhandledRejection', (error) => console.log(`logged: ${error.message}`));
if (MODE === 'exit') process.on('unhandledRejection', (error) => { console.log(`logged: ${error.message}`); process.exit(1); });

async function broken(request, response) {
  await new Promise((resolve) => { setTimeout(resolve, 10); });
  response.end(undefined.toUpperCase());
}
async function slow(request, response) {
  await new Promise((resolve) => { setTimeout(resolve, 400); });
  response.end('served');
}
const server = http.createServer((request, response) => {
  const handle = request.url === '/broken' ? broken : slow;
  const done = handle(request, response);
  if (MODE === 'handled') done.catch((error) => { console.log(`logged: ${error.message}`); response.statusCode = 500; response.end('error'); });
});
server.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
