// Written by `fairlead init --production`; yours to change.
//
// Logs as JSON with a request id, an error tracker that is told no secret, and metrics. The image loads it before the
// program (node -r ./monitoring.cjs); nothing of the program has to change. @sentry/node and prom-client are used where
// they are installed.
'use strict';

const { AsyncLocalStorage } = require('node:async_hooks');
const { randomUUID } = require('node:crypto');
const http = require('node:http');

const optional = (name) => {
  try {
    return require(name);
  } catch {
    return null;
  }
};

const SERVICE = 'kit-app';
const HEALTH = '/kit/health';
const METRICS = '/internal/metrics'; // answered only to who asks without a proxy
const QUIET = [HEALTH, METRICS];
const HIDDEN = '[hidden]';
const SECRET_NAME = /authori[sz]ation|cookie|csrf|passw|secret|session|token|api[-_]?key|dsn/i;
const SECRET_TEXT = /\b(bearer\s+|basic\s+)[\w.~+/=-]{8,}|(:\/\/[^:/@\s]*:)[^@\s]+(?=@)/gi;
const current = new AsyncLocalStorage();

const hide = (text) => text.replace(SECRET_TEXT, (_, word, start) => (word ?? start) + HIDDEN);

// The same value without what nobody else may read, however deep it lies.
const redact = (value, name = '') => {
  if (name && SECRET_NAME.test(name)) return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => redact(item));
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, redact(item, key)]));
  return typeof value === 'string' ? hide(value) : value;
};

const write = process.stdout.write.bind(process.stdout);
function log(level, message, fields = {}) {
  const id = current.getStore();
  const line = { time: new Date().toISOString(), level, service: SERVICE, message: hide(String(message)) };
  if (id) line.request_id = id;
  write(JSON.stringify({ ...line, ...redact(fields) }) + '\n');
}

const sentry = process.env.SENTRY_DSN ? optional('@sentry/node') : null;
if (sentry) {
  const beforeSend = (event) => (QUIET.some((path) => event.request?.url?.endsWith(path)) ? null : redact(event));
  sentry.init({
    dsn: process.env.SENTRY_DSN,
    environment: process.env.SENTRY_ENVIRONMENT || process.env.ENVIRONMENT || 'production',
    release: process.env.SENTRY_RELEASE || process.env.APP_VERSION || undefined,
    tracesSampleRate: Number(process.env.SENTRY_TRACES_SAMPLE_RATE || 0.1),
    sendDefaultPii: false,
    beforeSend,
    beforeSendTransaction: beforeSend,
    initialScope: { tags: { app: SERVICE, version: process.env.APP_VERSION || 'unknown' } },
  });
}

const metrics = optional('prom-client');
const answers =
  metrics && new metrics.Counter({ name: 'http_answers_total', help: 'Answers.', labelNames: ['method', 'status'] });
const seconds =
  metrics && new metrics.Histogram({ name: 'http_answer_seconds', help: 'Time to an answer.', labelNames: ['method'] });

function answerMetrics(response) {
  if (!metrics) return response.writeHead(404).end('no prom-client\n');
  return metrics.register.metrics().then((page) => response.writeHead(200, { 'content-type': 'text/plain' }).end(page));
}

const emit = http.Server.prototype.emit;
http.Server.prototype.emit = function watched(event, request, response, ...rest) {
  if (event !== 'request') return emit.call(this, event, request, response, ...rest);
  const began = process.hrtime.bigint();
  const path = (request.url || '').split('?', 1)[0];
  if (path === METRICS && !request.headers['x-forwarded-for']) return answerMetrics(response);
  const given = request.headers['x-request-id'];
  const id = /^[A-Za-z0-9._-]{8,64}$/.test(given ?? '') ? given : randomUUID();
  response.setHeader('x-request-id', id);
  response.once('close', () => {
    const ms = Math.round(Number(process.hrtime.bigint() - began) / 1e5) / 10;
    const status = response.statusCode;
    if (metrics && !QUIET.includes(path)) {
      answers.labels(request.method, String(status)).inc();
      seconds.labels(request.method).observe(ms / 1000);
    }
    if (QUIET.includes(path) && status < 500) return;
    const said = `${request.method} ${path} ${status}`;
    current.run(id, () =>
      log(status >= 500 ? 'error' : 'info', said, { method: request.method, path, status, ms }));
  });
  return current.run(id, () => emit.call(this, event, request, response, ...rest));
};

// Requests that are being answered are ended; then the program is, before the engine kills it.
const servers = new Set();
const listen = http.Server.prototype.listen;
http.Server.prototype.listen = function watched(...words) {
  servers.add(this);
  return listen.apply(this, words);
};
if (process.listenerCount('SIGTERM') === 0) {
  process.once('SIGTERM', () => {
    setTimeout(() => process.exit(0), Number(process.env.GRACEFUL_TIMEOUT_SECONDS || 25) * 1000).unref();
    let open = servers.size;
    if (open === 0) process.exit(0);
    for (const server of servers) server.close(() => --open === 0 && process.exit(0));
  });
}

module.exports = { log, redact };
