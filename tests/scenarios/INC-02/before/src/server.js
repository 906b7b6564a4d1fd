import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });

createServer(async (request, response) => {
  const { rows } = await pool.query("SELECT count(*) FROM meetings");
  response.end(JSON.stringify(rows[0]));
}).listen(process.env.PORT ?? 3000);
