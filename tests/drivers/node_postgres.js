// Each line is a name and a connection string in base64; answers with the name, the session's user and its database.
const { Client } = require('pg');
const lines = require('readline').createInterface({ input: process.stdin });

const decoded = (text) => Buffer.from(text, 'base64').toString();
const encoded = (text) => Buffer.from(text).toString('base64');

async function answer(name, connectionString) {
  try {
    const client = new Client({ connectionString });
    await client.connect();
    const { rows } = await client.query('SELECT session_user AS user, current_database() AS database');
    await client.end();
    console.log(`${name}\t${encoded(rows[0].user)}\t${encoded(rows[0].database)}`);
  } catch (failed) {
    console.log(`${name}\t!\t${encoded(String(failed.message))}`);
  }
}

(async () => {
  for await (const line of lines) {
    const [name, text] = line.split('\t');
    await answer(name, decoded(text));
  }
})();
