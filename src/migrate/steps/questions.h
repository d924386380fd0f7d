#pragma once
#include "migrate/steps/database.h"
#include "report/report.h"
#include <optional>
#include <vector>

namespace fairlead::migrate {

// Asks the queries of migrate.verify and returns those without the expected answer: migrate/verify.
Result<std::vector<report::Finding>> ask_questions(Database& database);
Result<std::vector<report::Finding>> ask_questions(sys::Session& session, const std::vector<Query>& queries,
                                                   sql::Dialect dialect);

// Returns migrate/drift if the schema was changed since the last migration.
Result<std::optional<report::Finding>> schema_drift(Database& database);

Result<void> keep_fingerprint(Database& database); // of the current schema

}
