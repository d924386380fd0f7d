#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// In-toto statements, which say something about files by name and digest (in-toto/attestation, spec/v1/statement.md).
namespace fairlead::attest {

inline constexpr std::string_view statement_payload = "application/vnd.in-toto+json";
inline constexpr std::string_view provenance_type = "https://slsa.dev/provenance/v1";

struct Subject {
    std::string name;
    std::string sha256; // 64 hex digits, lower case
    bool operator==(const Subject&) const = default;
};

struct Statement {
    std::vector<Subject> subjects;
    std::string type;      // of the predicate
    std::string predicate; // JSON, an object
};

std::string write_statement(const Statement& statement); // bytes of JSON
// Error (no): not a statement v1 about that type of predicate, without subjects, one without SHA-256, one name twice.
Result<Statement> read_statement(std::string_view text, const std::string& name, std::string_view type);
// Whether that file with these bytes is what the statement is about. Error (no): it isn't; says what is.
Result<void> check_subject(const Statement& statement, const std::string& name, const Subject& file);

}
