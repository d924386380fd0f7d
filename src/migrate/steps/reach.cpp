#include "migrate/steps/reach.h"
#include "base/text.h"
#include "base/words.h"
#include "migrate/sql/destroys.h"
#include "migrate/sql/same_rows.h"
#include "migrate/steps/confirm.h"
#include "migrate/steps/pieces.h"
#include "sys/database/sqlite.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::migrate {

namespace {

// https://sqlite.org/pragma.html; the keys are those of builds that encrypt.
constexpr std::string_view pragmas[] = {"writable_schema",
                                        "schema_version",
                                        "temp_store_directory",
                                        "rekey",
                                        "data_store_directory",
                                        "lock_proxy_file",
                                        "key",
                                        "hexkey",
                                        "textkey",
                                        "hexrekey",
                                        "textrekey",
                                        "activate_extensions"};
// That read or write files or load code, in whatever builds have them.
constexpr std::string_view functions[] = {"load_extension", "fts3_tokenizer", "edit", "readfile", "writefile"};

}

std::string reach_of(const sys::SqlAct& act) {
    const auto name = act.name.value_or("");
    switch (act.kind) {
    case sys::SqlAct::Kind::attach:
        if (!act.name) return "attaches a file whose name is known only when it runs";
        if (name.empty() || name == ":memory:") return ""; // of its own, and gone with the session; VACUUM has one
        return fmt::format("attaches the file '{}'", name);
    case sys::SqlAct::Kind::pragma:
        if (!act.detail || !is_one_of(pragmas, lower(name))) return "";
        return fmt::format("sets the pragma {}", lower(name));
    case sys::SqlAct::Kind::function:
        return is_one_of(functions, lower(name)) ? fmt::format("calls {}()", lower(name)) : "";
    case sys::SqlAct::Kind::erase: // see losses.h
    case sys::SqlAct::Kind::write:
    case sys::SqlAct::Kind::other: break;
    }
    return "";
}

std::string refusal_of(const sys::SqlAct& act) {
    const auto what = reach_of(act);
    return what.empty() ? what
                        : fmt::format("it {}, which is beyond its database; leave it out, or confirm it by "
                                      "--confirm-destructive and its version",
                                      what);
}

Result<std::vector<std::vector<Reached>>> reaches(const Database& database,
                                                  const std::vector<const files::Script*>& scripts) {
    std::vector<std::vector<Reached>> all(scripts.size());
    if (!database.is_sqlite() || !database.connection.session) return all;
    const auto twin = TRY(sys::sqlite_twin(*database.connection.session));
    std::string said;
    twin->guard = [&](const sys::SqlAct& act) {
        auto what = reach_of(act);
        if (said.empty()) said = what;
        return what;
    };
    for (std::size_t i = 0; i < scripts.size(); ++i) {
        sql::SameRows rows;
        TRY_VOID(each_piece(*scripts[i], database.dialect(), [&](const Piece& piece) -> Result<void> {
            if (rows.go_on(piece.text)) return {};
            said.clear();
            const auto answer = TRY(twin->run(std::string(piece.text)));
            if (said.empty() && answer.refusal && sql::reaches_out(piece.kind, piece.text))
                said = fmt::format("{} may reach beyond the database", piece.kind);
            if (constexpr std::string_view other = "attaches"; piece.kind == "vacuum" && said.starts_with(other))
                said.replace(0, other.size(), "writes"); // VACUUM INTO
            if (!said.empty()) all[i].push_back({piece.line, said});
            return {};
        }));
    }
    return all;
}

Result<void> confirm_reach(const std::vector<std::vector<Reached>>& reached,
                           const std::vector<const files::Script*>& ways, const std::vector<std::string>& names,
                           const Request& request) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
        if (reached[i].empty() || is_named(names[i], request)) continue;
        const Reached& first = reached[i].front();
        return usage(
            fmt::format(
                "{} {}, which is beyond its database, and no rollback brings it back; nothing was touched; leave "
                "it out, or look at it and confirm it: --confirm-destructive {}",
                names[i], first.what, names[i]),
            {ways[i]->path, first.line, 0, ""});
    }
    return {};
}

std::vector<report::Finding> told_reach(const files::Script& script, const std::vector<Reached>& reached) {
    std::vector<report::Finding> findings;
    for (const Reached& one : reached) {
        report::Finding finding{.rule = "migrate/reach", .severity = report::Severity::warning, .file = script.path};
        finding.line = finding.end_line = one.line;
        finding.message = one.what + ", which is beyond the tables of its database; look into it before it runs";
        finding.fingerprint = report::fingerprint(finding.rule, finding.file, finding.message, 0);
        findings.push_back(std::move(finding));
    }
    return findings;
}

}
