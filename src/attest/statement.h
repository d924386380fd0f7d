#pragma once
#include "base/result.h"
#include <string>
#include <string_view>
#include <vector>

// Reads and writes in-toto statements, which describe files by name and digest (in-toto/attestation,
// spec/v1/statement.md).
namespace fairlead::attest {

inline constexpr std::string_view statement_payload = "application/vnd.in-toto+json";
inline constexpr std::string_view provenance_type = "https://slsa.dev/provenance/v1";
inline constexpr std::string_view verdict_type = "https://fairlead.dev/verdict/v1"; // attest/judged.h

struct Subject {
    std::string name;
    std::string sha256; // 64 hex digits, lower case
    std::string commit =
        {}; // of git (digest_set.md, gitCommit): 40 or 64 hex digits; only in statements about a verdict
    bool operator==(const Subject&) const = default;
};

struct Statement {
    std::vector<Subject> subjects;
    std::string type;      // of the predicate
    std::string predicate; // JSON, an object
};

std::string write_statement(const Statement& statement); // bytes of JSON
// Error (no): not a statement v1 with this type of predicate; no subjects, a subject without SHA-256 (of a
// verdict: without either digest), or a repeated name.
Result<Statement> read_statement(std::string_view text, const std::string& name, std::string_view type);
// Checks that the statement is about the file with these bytes. Error (no): it isn't; the message says what it is
// about.
Result<void> check_subject(const Statement& statement, const std::string& name, const Subject& file);

}
