#include "deploy/promotion.h"
#include "base/printable.h"
#include "base/shell.h"
#include "base/time.h"
#include "base/version.h"
#include "ledger/checked.h"
#include "report/kept.h"
#include "sys/data/json.h"
#include "sys/files/beneath.h"
#include "sys/git/work_tree.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::deploy {
namespace {

using sys::Json, sys::text_of;

constexpr std::uint64_t largest = 8u << 10;          // bytes of a record
constexpr std::uint64_t largest_verdict = 64u << 20; // of smoke's JSON
constexpr std::size_t longest_text = 128;

struct ProofText {
    const char* name;
    std::string Proof::*member;
};
constexpr ProofText proof_texts[] = {
    {"app", &Proof::app},
    {"environment", &Proof::environment},
    {"deployment", &Proof::deployment},
    {"command", &Proof::command},
    {"verdict", &Proof::verdict},
    {"release", &Proof::release},
    {"version", &Proof::version},
    {"digest", &Proof::digest},
    {"commit", &Proof::commit},
    {"started", &Proof::started},
    {"finished", &Proof::finished},
    {"smoke", &Proof::smoke},
    {"tool_version", &Proof::tool_version},
};

// What may be said again, in a log and in a message.
bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= longest_text && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._:+-").find(c) != std::string_view::npos;
    });
}

sys::Path working_folder() {
    std::error_code ignored;
    return std::filesystem::current_path(ignored);
}

Json said_by(const Proof& proof) {
    Json object{{"schema", 1}};
    for (const auto& [name, member] : proof_texts) object[name] = proof.*member;
    return object;
}

// Smoke keeps its verdict beside fairlead.yml. One of before the deployment, of another release or commit, or that
// somebody committed, says nothing.
std::string smoke_of(const Settings& settings, const Record& record) {
    const std::string unknown = "unknown";
    const auto folder = sys::Root::open(sys::Path(settings.env_folder) / report::kept_folder);
    if (!folder.ok()) return unknown;
    const auto name = report::kept_name("smoke");
    if (sys::is_tracked((folder->path() / name).string())) return unknown;
    const auto there = folder->inspect(name, sys::Links::refused);
    const auto text = folder->read(name, largest_verdict, sys::Links::refused);
    const auto finished = parse_utc(record.finished);
    if (!there.ok() || !text.ok() || !finished) return unknown;
    const auto kept = report::parse_kept(text.value(), "smoke");
    if (!kept.ok() || !kept->verdict || kept->environment != settings.environment) return unknown;
    if (!kept->commit.empty() && kept->commit != record.commit) return unknown;
    const auto& serves = kept->version; // what answered: id, version or commit
    const bool ours = serves.empty() || serves == record.release || serves == record.version || serves == record.commit;
    const std::chrono::nanoseconds written(there->modified_ns);
    if (!ours || written < finished->time_since_epoch()) return unknown;
    return std::string(report::name_of(*kept->verdict));
}

}

std::string to_json(const Proof& proof) {
    auto object = said_by(proof);
    ledger::add_check(object);
    return sys::dump_json(object, 1) + "\n";
}

Result<Proof> parse_proof(std::string_view text, const std::string& file, const std::string& from) {
    const auto foreign = no(fmt::format("{} is not a record written by `fairlead-deploy history --env {} --export "
                                        "FILE` of this version; export it again",
                                        one_line(file), shell_word(from)));
    if (text.size() > largest) return foreign;
    const auto json = sys::parse_json(text, file);
    if (!json.ok()) return foreign;
    Proof proof;
    for (const auto& [name, member] : proof_texts) {
        proof.*member = text_of(json.value(), name);
        if (!is_plain(proof.*member)) return foreign;
    }
    // A name that comes twice, one too many, another schema, a word that was changed.
    const auto by_earlier = sys::dump_json(said_by(proof), 1) + "\n";
    if (to_json(proof) != text && by_earlier != text) return foreign;
    return proof;
}

Result<Proof> prove(const Settings& settings, const Store& store) {
    const auto& where = settings.environment;
    if (const auto unfinished = TRY(store.unfinished()))
        return no(fmt::format("deployment {} to {} was interrupted; run fairlead-deploy --env {} again, then export",
                              unfinished->deployment.id, where, where));
    const auto history = TRY(store.checked_history());
    if (!history.broken.empty()) return no("the history was changed by hand, so it proves nothing; deploy again");
    const auto state = TRY(store.state());
    if (state.current.empty()) return no(fmt::format("nothing is deployed to {}; deploy, then export", where));
    const auto* const record = record_of(history, state);
    if (record == nullptr)
        return no(fmt::format("the history of {} does not say how {} was deployed; deploy it again with --force", where,
                              state.current));
    if (record->commit.empty())
        return no(fmt::format("release {} has no commit; deploy it with --commit ID, then export", record->release));
    Proof proof{record->app,           record->environment, record->deployment, record->command,
                record->verdict,       record->release,     record->version,    record->digest,
                record->commit,        record->started,     record->finished,   smoke_of(settings, *record),
                std::string(version())};
    for (const auto& [name, member] : proof_texts)
        if (!is_plain(proof.*member))
            return no(fmt::format("{0} '{1}' of the deployment can't be exported, because it has characters other than "
                                  "letters, digits and . _ : + -; deploy again with another {0}",
                                  name, one_line(proof.*member)));
    return proof;
}

Result<void> write_proof(const Proof& proof, const std::string& file) {
    const auto named = TRY(sys::named_by_person(working_folder(), file));
    if (const auto folder = sys::Path(named.path).parent_path(); !folder.empty())
        TRY_VOID(named.root.make_folders(folder));
    const auto there = TRY(named.root.inspect(named.path));
    if (there.type == sys::FileType::other || named.root.is_everything())
        return sys::write_file(file, to_json(proof), 0600); // a pipe, /dev/stdout
    return named.root.write(named.path, to_json(proof), 0600);
}

Result<void> check_promotion_asked(const Settings& settings, const std::string& file) {
    const auto& from = settings.promote_from;
    if (from.empty() == file.empty()) return {};
    if (from.empty())
        return usage(fmt::format("a record to promote from is given, but environment '{}' has no promote_from; write "
                                 "environments.{}.deploy.promote_from, or leave --promote-from out",
                                 settings.environment, settings.environment));
    return usage(
        fmt::format("{0} takes only releases that {1} has proved, and no record was given; run `fairlead-deploy "
                    "history --env {2} --export FILE` where {1} is deployed, then say --promote-from FILE here",
                    settings.environment, from, shell_word(from)));
}

Result<void> check_proof(const Proof& proof, const Settings& settings, const ReleaseInfo& release) {
    struct Demand {
        std::string_view what, told, wanted, whose = "here it is";
    };
    const Demand demands[] = {{"app", proof.app, settings.app},
                              {"environment", proof.environment, settings.promote_from, "promote_from is"},
                              {"verdict", proof.verdict, "deployed"},
                              {"commit", proof.commit, release.commit},
                              {"digest", proof.digest, release.digest}};
    const auto refused = [&](const std::string& fact) {
        return no(
            fmt::format("{}; deploy the release to {} first, then export its record", fact, settings.promote_from));
    };
    for (const auto& [what, told, wanted, whose] : demands)
        if (told != wanted)
            return refused(fmt::format("the record says {} '{}', and {} {}", what, told, whose,
                                       wanted.empty() ? "none" : fmt::format("'{}'", one_line(wanted))));
    if (proof.smoke != "pass" && proof.smoke != "unknown")
        return refused(fmt::format("the record says that smoke of {} gave '{}'", proof.environment, proof.smoke));
    return {};
}

Result<void> check_promotion(const Settings& settings, const std::string& file, const ReleaseInfo& release) {
    TRY_VOID(check_promotion_asked(settings, file));
    if (file.empty()) return {};
    const auto named = TRY(sys::named_by_person(working_folder(), file));
    const auto text = named.root.read(named.path, largest);
    if (!text.ok()) return no(text.error().message + "; export it again");
    const auto proof = TRY(parse_proof(text.value(), file, settings.promote_from));
    return check_proof(proof, settings, release);
}

}
