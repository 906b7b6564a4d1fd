CREATE SCHEMA legacy;
CREATE TABLE legacy.invoices (id bigint PRIMARY KEY, total numeric NOT NULL);
