// Written by `fairlead init --production`; yours to change.
//
// What this service needs from its environment, and what it refuses to start on. The image loads it before the program
// (node -r ./config.production.cjs), so that an unsafe setting is one line in the log of the deployment, not an incident.
//
//     node config.production.cjs    // the same answer, without starting anything
'use strict';

const SHORTEST_KEY = 64; // characters
const FOR_DEVELOPERS = ['development', 'local', 'test'];
const ON = ['1', 'on', 't', 'true', 'y', 'yes'];
const OFF = ['', '0', 'f', 'false', 'n', 'no', 'off'];
const PLACEHOLDERS = /change|example|your[_-]|placeholder|generate|secret_key_here|xxx|todo/i;

// a, b and ["a", "b"]
const list = (text) =>
  text.trim().replace(/^\[(.*)\]$/, '$1').split(',').map((part) => part.trim().replace(/^["']|["']$/g, '')).filter(Boolean);

const urlOf = (text) => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

const isLoopback = (host) => {
  const name = (host || '').replace(/\.$/, '').toLowerCase();
  return ['localhost', '0.0.0.0', '[::1]'].includes(name) || /^127\./.test(name) || name.endsWith('.localhost');
};

function* aboutKey(name, value) {
  if (!value) yield `${name} is not set; \`fairlead init --secrets\` makes one`;
  else if (PLACEHOLDERS.test(value)) yield `${name} is still the template's text; \`fairlead init --secrets\` makes one`;
  else if (value.length < SHORTEST_KEY)
    yield `${name} has ${value.length} characters; at least ${SHORTEST_KEY} are needed: \`fairlead init --secrets\``;
  else if (new Set(value).size < 10)
    yield `${name} can be guessed: it has ${new Set(value).size} distinct characters; \`fairlead init --secrets\``;
}

function* aboutDatabase(value) {
  const scheme = value.split(':')[0].toLowerCase();
  if (!value) yield 'DATABASE_URL is not set; it names the PostgreSQL of this environment';
  else if (scheme !== 'postgresql' && scheme !== 'postgres')
    yield `DATABASE_URL is ${scheme}; production keeps its data in PostgreSQL: postgresql://...`;
  else if (!/^\w+:\/\/[^/?]*\/[^/?]/.test(value))
    yield 'DATABASE_URL names no database: postgresql://...@HOST:5432/NAME';
}

function* aboutSite(name, value) {
  const url = urlOf(value);
  if (!value) yield `${name} is not set; it is the address that users open: https://app.example.org`;
  else if (!url || url.protocol !== 'https:') yield `${name} is not https; logins would travel in clear: write https://`;
  else if (isLoopback(url.hostname)) yield `${name} is this machine's own address; users can't open it`;
}

function* aboutOrigins(origins) {
  if (origins.length === 0) yield "ALLOWED_ORIGINS is empty; list the front end's address";
  for (const origin of origins) {
    const url = urlOf(origin);
    if (origin.includes('*'))
      yield 'ALLOWED_ORIGINS holds *; every site could call the API for a visitor: list the sites';
    else if (url && isLoopback(url.hostname))
      yield `ALLOWED_ORIGINS holds ${origin}; any program on a visitor's machine could call the API`;
    else if (!url || url.protocol !== 'https:') yield `ALLOWED_ORIGINS holds ${origin}; write https://`;
  }
}

// {settings, reasons}: every reason why production does not start with these variables; no secret's value is among them.
function look(environment = process.env) {
  const get = (name, otherwise = '') => (environment[name] ?? otherwise).trim();
  const origins = list(get('ALLOWED_ORIGINS'));
  const reasons = [];
  if (FOR_DEVELOPERS.includes(get('ENVIRONMENT', 'production').toLowerCase()))
    reasons.push(`ENVIRONMENT is ${get('ENVIRONMENT')}; write production`);
  if (get('NODE_ENV', 'production') !== 'production') reasons.push(`NODE_ENV is ${get('NODE_ENV')}; write production`);
  const debug = get('DEBUG').toLowerCase();
  if (ON.includes(debug) || debug === '*') reasons.push('DEBUG is on; errors would show the source: write DEBUG=false');
  else if (!OFF.includes(debug)) reasons.push(`DEBUG is '${debug}', neither on nor off: write DEBUG=false`);
  reasons.push(...aboutKey('SECRET_KEY', get('SECRET_KEY')));
  reasons.push(...aboutDatabase(get('DATABASE_URL')));
  reasons.push(...aboutSite('FRONTEND_URL', get('FRONTEND_URL')));
  reasons.push(...aboutOrigins(origins));
  if (['debug', 'trace', 'silly', 'verbose'].includes(get('LOG_LEVEL').toLowerCase()))
    reasons.push(`LOG_LEVEL is ${get('LOG_LEVEL')}; logs would hold what users send: write info`);
  else if (!['', 'info', 'warn', 'warning', 'error', 'fatal'].includes(get('LOG_LEVEL').toLowerCase()))
    reasons.push(`LOG_LEVEL is ${get('LOG_LEVEL')}, which is none: write info, warn or error`);
  // kit:if redis
  if (!/^rediss?:|^unix:/.test(get('REDIS_URL')))
    reasons.push('REDIS_URL is not set to an address of Redis: redis://:PASSWORD@redis:6379/0');
  // kit:end
  const settings = Object.freeze({
    secretKey: get('SECRET_KEY'),
    databaseUrl: get('DATABASE_URL'),
    frontendUrl: get('FRONTEND_URL'),
    allowedOrigins: origins,
    // kit:if redis
    redisUrl: get('REDIS_URL'),
    // kit:end
    logLevel: get('LOG_LEVEL', 'info').toLowerCase() || 'info',
    trustProxy: 1, // app.set('trust proxy', settings.trustProxy): the one before us
    cookie: Object.freeze({ secure: true, httpOnly: true, sameSite: 'lax' }),
  });
  return { settings, reasons };
}

const isChecked = !FOR_DEVELOPERS.includes((process.env.ENVIRONMENT ?? 'production').trim().toLowerCase());
const { settings, reasons } = look();
if (reasons.length > 0 && (isChecked || require.main === module)) {
  for (const reason of reasons) process.stderr.write(`refused: ${reason}\n`);
  process.exit(require.main === module ? 1 : 78); // EX_CONFIG: starting it again would not help
}
if (require.main === module) process.stdout.write('these settings are fit for production\n');

module.exports = { settings, look };
