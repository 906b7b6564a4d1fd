CREATE TABLE companies (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE executives (id bigint PRIMARY KEY, name text NOT NULL, company_id bigint REFERENCES companies);
