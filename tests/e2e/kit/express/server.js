'use strict';

const path = require('node:path');
const express = require('express');
const { Pool } = require('pg');
const redis = require('redis');

const app = express();
const database = new Pool({ connectionString: process.env.DATABASE_URL });
const cache = redis.createClient({ url: process.env.REDIS_URL });
const site = path.join(__dirname, 'public');

app.use('/static', express.static(site));

app.get('/', (request, response) => response.sendFile('index.html', { root: site }));

app.get('/api/health', (request, response) => response.json({ status: 'healthy' }));

app.post('/api/items', async (request, response) => {
  await database.query('INSERT INTO items DEFAULT VALUES');
  const counted = await database.query('SELECT count(*)::int AS items FROM items');
  response.json({ items: counted.rows[0].items, asked: await cache.incr('asked') });
});

cache.connect().then(() => app.listen(process.env.PORT || 3000));
