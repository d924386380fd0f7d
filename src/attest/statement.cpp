#include "attest/statement.h"
#include "attest/strict_json.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace fairlead::attest {
namespace {

constexpr std::string_view statement_type = "https://in-toto.io/Statement/v1";

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }
bool is_sha256(std::string_view text) { return text.size() == 64 && is_hex(text); }
bool is_commit(std::string_view text) { return (text.size() == 40 || text.size() == 64) && is_hex(text); }

sys::Json digest_of(const Subject& subject) {
    auto digest = sys::Json::object();
    if (!subject.sha256.empty()) digest["sha256"] = subject.sha256;
    if (!subject.commit.empty()) digest["gitCommit"] = subject.commit;
    return digest;
}

// Of several digests each has to be well-formed: none is passed over.
bool is_subject(const Subject& subject, std::string_view type) {
    const bool by_commit = type == verdict_type && is_commit(subject.commit);
    const bool by_bytes = is_sha256(subject.sha256);
    return !subject.name.empty() && (by_commit || by_bytes) && (by_bytes || subject.sha256.empty()) &&
           (by_commit || subject.commit.empty());
}

}

std::string write_statement(const Statement& statement) {
    auto subjects = sys::Json::array();
    for (const auto& subject : statement.subjects)
        subjects.push_back({{"name", subject.name}, {"digest", digest_of(subject)}});
    return sys::dump_json(
        {{"_type", statement_type},
         {"subject", subjects},
         {"predicateType", statement.type},
         {"predicate", sys::parse_json(statement.predicate, "predicate").value_or(sys::Json::object())}});
}

Result<Statement> read_statement(std::string_view text, const std::string& name, std::string_view type) {
    const auto json = TRY(parse_strict(text, name));
    if (const auto given = sys::text_of(json, "_type"); given != statement_type)
        return no(fmt::format("'{}' is a '{}', expected '{}'", name, given, statement_type));
    Statement statement{{}, sys::text_of(json, "predicateType"), {}};
    if (statement.type != type) return no(fmt::format("'{}' is about '{}', expected '{}'", name, statement.type, type));
    const auto predicate = json.find("predicate");
    if (predicate == json.end() || !predicate->is_object()) return no(fmt::format("'{}' is empty", name));
    statement.predicate = sys::dump_json(*predicate);
    const auto subjects = json.find("subject");
    if (subjects == json.end() || !subjects->is_array() || subjects->empty())
        return no(fmt::format("'{}' does not name a file", name));
    std::set<std::string> names;
    for (const auto& entry : *subjects) {
        Subject subject{sys::text_of(entry, "name"), {}};
        if (const auto digest = sys::json_pointer(entry, "/digest")) {
            subject.sha256 = sys::text_of(*digest, "sha256");
            if (type == verdict_type) subject.commit = sys::text_of(*digest, "gitCommit");
        }
        if (!is_subject(subject, type)) return no(fmt::format("'{}' has a subject without name or SHA-256", name));
        if (!names.insert(subject.name).second) return no(fmt::format("'{}' names '{}' twice", name, subject.name));
        statement.subjects.push_back(std::move(subject));
    }
    return statement;
}

Result<void> check_subject(const Statement& statement, const std::string& name, const Subject& file) {
    const auto& all = statement.subjects;
    const auto by = [&](auto member) {
        return std::find_if(all.begin(), all.end(), [&](const Subject& one) { return one.*member == file.*member; });
    };
    const auto named = by(&Subject::name), equal = by(&Subject::sha256);
    if (named != all.end() && named->sha256 == file.sha256) return {};
    if (named != all.end())
        return no(
            fmt::format("'{}' says that '{}' has the SHA-256 {}, not {}", name, file.name, named->sha256, file.sha256));
    if (equal != all.end())
        return no(fmt::format("'{}' knows these bytes as '{}', not as '{}'", name, equal->name, file.name));
    return no(fmt::format("'{}' is not about '{}'; it is about '{}'{}", name, file.name, all.front().name,
                          all.size() > 1 ? fmt::format(" and {} more", all.size() - 1) : ""));
}

}
