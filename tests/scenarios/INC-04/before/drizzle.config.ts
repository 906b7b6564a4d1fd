export default { schema: "./src/schema.ts", dialect: "postgresql", dbCredentials: { url: process.env.DATABASE_URL! } };
