import { bigint, pgTable, text } from "drizzle-orm/pg-core";

export const players = pgTable("players", { id: bigint("id", { mode: "number" }).primaryKey(), name: text("name") });
