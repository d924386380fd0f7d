#include "verify/evidence.h"
#include "attest/demand.h"
#include "attest/envelope.h"
#include "attest/policy.h"
#include "attest/statement.h"
#include "base/printable.h"
#include "base/text.h"
#include "base/words.h"
#include "report/kept.h"
#include "sys/data/json.h"
#include "sys/git/repository.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::verify {
namespace {

constexpr std::size_t short_id = 12, least_of_id = 4;

struct Looked {
    attest::Stored stored;
    Result<attest::Judged> judged; // what it says, whoever signed it
    std::string signer, refused;   // the key that signed; or why no signature counts

    std::string id() const { return stored.id.substr(0, short_id); }
    SystemTime finished() const { return judged.ok() ? judged->finished : SystemTime{}; }
};

Looked look_at(attest::Stored stored, const std::vector<attest::Key>& keys, SystemTime now) {
    const auto name = stored.id.substr(0, short_id);
    if (!stored.damage.empty()) {
        auto damage = stored.damage;
        return {std::move(stored), no(damage), "", damage};
    }
    auto judged = attest::claim_of(stored);
    const auto opened = attest::open(stored.bytes, name, attest::statement_payload, keys, now);
    return {std::move(stored), std::move(judged), opened.ok() ? opened->key : "",
            opened.ok() ? "" : opened.error().message};
}

struct Shelf {
    std::string folder, store;
    std::vector<Looked> all; // the oldest first
};

Result<Shelf> read_shelf(const config::Config& config, SystemTime now) {
    Shelf shelf{config.folder(), attest::read_evidence_settings(config).store, {}};
    const auto keys = TRY(attest::read_evidence_keys(config, now));
    for (auto& one : TRY(attest::read_store(shelf.folder, shelf.store)))
        shelf.all.push_back(look_at(std::move(one), keys, now));
    std::stable_sort(shelf.all.begin(), shelf.all.end(),
                     [](const Looked& a, const Looked& b) { return a.finished() < b.finished(); });
    return shelf;
}

std::string line_of(const Looked& one) {
    if (!one.judged.ok()) return fmt::format("{}  can't be read: {}\n", one.id(), one_line(one.judged.error().message));
    const auto& said = one.judged.value();
    const auto command = said.command.empty() ? "" : " " + one_line(said.command);
    const auto where = said.environment.empty() ? "" : "@" + one_line(said.environment);
    return fmt::format("{}  {}  {}  {}{}{}  {}  {}\n", one.id(), format_utc(said.finished), said.verdict,
                       one_line(said.tool), command, where,
                       said.commit.empty() ? "no commit" : said.commit.substr(0, short_id),
                       one.signer.empty() ? "signed by no key that counts" : "signed by " + one_line(one.signer));
}

sys::Json json_of(const Looked& one) {
    sys::Json json{{"id", one.stored.id}, {"signed_by", one.signer}, {"refused", one.refused}};
    if (!one.judged.ok()) return json;
    const auto& said = one.judged.value();
    for (const auto& [name, value] : {std::pair<const char*, std::string>{"tool", said.tool},
                                      {"command", said.command},
                                      {"app", said.app},
                                      {"environment", said.environment},
                                      {"verdict", said.verdict},
                                      {"commit", said.commit},
                                      {"release_digest", said.digest},
                                      {"finished", format_utc(said.finished)}})
        json[name] = value;
    return json;
}

report::Report list(const Shelf& shelf) {
    report::Report report{
        .text = {}, .facts = counted(shelf.all.size(), "signed verdict", "signed verdicts") + " in " + shelf.store};
    auto rows = sys::Json::array();
    for (const auto& one : shelf.all) {
        report.text += line_of(one);
        rows.push_back(json_of(one));
    }
    report.members.push_back(report::member("evidence", std::move(rows)));
    return report;
}

Result<report::Report> show(const Shelf& shelf, const std::string& id) {
    std::vector<const Looked*> found;
    for (const auto& one : shelf.all)
        if (one.stored.id.starts_with(id)) found.push_back(&one);
    if (id.find_first_not_of("0123456789abcdef") != id.npos)
        return usage(fmt::format("'{}' is not an id; write one that `fairlead evidence list` prints",
                                 one_line(shortened(id, short_id))));
    if (id.size() < least_of_id || found.size() > 1)
        return usage(
            fmt::format("'{}' may be several verdicts; write more of its id, as `fairlead evidence list` prints it",
                        shortened(id, short_id)));
    if (found.empty())
        return no(fmt::format("'{}' is not in {}; `fairlead evidence list` prints what is there",
                              shortened(id, short_id), shelf.store));
    const auto& one = *found.front();
    report::Report report{.text = line_of(one), .facts = {}};
    report.facts =
        one.refused.empty() ? fmt::format("it is signed by {}", one_line(one.signer)) : one_line(one.refused);
    report.members.push_back(report::member("evidence", json_of(one)));
    if (!one.judged.ok()) return report;
    const auto payload = TRY(attest::unproven_payload(one.stored.bytes, one.id(), attest::statement_payload));
    auto statement = TRY(sys::parse_json(payload, one.id()));
    report.text += printable(sys::dump_json(statement, 2)) + "\n";
    report.members.push_back(report::member("statement", std::move(statement)));
    return report;
}

Result<attest::About> about_of(const EvidenceRequest& request, const config::Config& config) {
    attest::About about{.app = config.app(), .environment = request.environment, .digest = request.digest};
    if (request.commit.empty()) {
        const auto stamp = report::stamp_of(config.folder());
        about.commit = stamp.commit;
        about.dirty = stamp.dirty;
        return about;
    }
    const auto repository = sys::Repository::open(config.folder());
    auto known = repository.ok() ? repository->resolve(request.commit) : Result<std::string>(repository.error());
    about.commit = std::move(known).value_or(request.commit);
    return about;
}

// What fairlead-deploy would answer, with which it shares every line.
Result<report::Report> ask(const EvidenceRequest& request, const config::Config& config, SystemTime now) {
    if (request.environment.empty())
        return usage("verify needs the environment that requires the evidence; say --env ENVIRONMENT");
    const auto demands = TRY(attest::read_demands(config, request.environment));
    if (demands.empty())
        return usage(fmt::format("environment '{0}' requires no evidence; write environments.{0}.require: [gate]",
                                 one_line(request.environment)));
    const auto about = TRY(about_of(request, config));
    report::Report report{.environment = request.environment, .says = report::Says::answer};
    report.looked.count = demands.size();
    auto rows = sys::Json::array();
    for (const auto& [demand, evidence, complaint] : TRY(attest::answer(demands, about, config, now))) {
        rows.push_back({{"requires", demand}, {"evidence", evidence}, {"refused", complaint}});
        if (complaint.empty())
            report.text += fmt::format("yes  {}: {}\n", demand, evidence.substr(0, short_id));
        else
            report.findings.push_back({.rule = "evidence/missing", .message = complaint});
    }
    const auto missing = report.findings.size();
    report.facts = missing == 0 ? fmt::format("{} has the evidence that it requires", request.environment)
                                : fmt::format("{} of {} requirements have no evidence", missing, demands.size());
    if (missing > 0) {
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts;
    }
    report.members.push_back(report::member("requirements", std::move(rows)));
    return report;
}

// From the oldest on, so that no older yes counts again because a later no is gone.
Result<report::Report> prune(const EvidenceRequest& request, const Shelf& shelf, SystemTime now) {
    if (request.older_than.count() <= 0) return usage("prune needs an age above 0s; say --older-than 90d");
    report::Report report;
    std::vector<std::string> ids;
    for (const auto& one : shelf.all) {
        if (!one.judged.ok()) {
            report.text += fmt::format("kept: {}", line_of(one));
            continue;
        }
        if (now - one.finished() <= request.older_than) continue;
        report.text += line_of(one);
        ids.push_back(one.stored.id);
    }
    if (!request.dry_run) TRY_VOID(attest::remove_stored(shelf.folder, shelf.store, ids));
    report.facts = fmt::format("{} {}", counted(ids.size(), "signed verdict", "signed verdicts"),
                               request.dry_run ? "would be removed" : "removed");
    report.members.push_back(report::member("removed", ids));
    return report;
}

}

Result<report::Report> evidence(const EvidenceRequest& request, const config::Config& config, sys::Clock& clock) {
    const auto& words = request.words;
    const std::string act = words.empty() ? "list" : words.front();
    const std::size_t wanted = act == "show" ? 2 : 1;
    if (act != "list" && act != "show" && act != "verify" && act != "prune")
        return usage(fmt::format("'{}' is unknown; expected list, show ID, verify or prune", one_line(act)));
    if (words.size() > wanted || (act == "show" && words.size() < wanted))
        return usage(fmt::format("`fairlead evidence {}` takes {}", act,
                                 act == "show" ? "one id, as `fairlead evidence list` prints it" : "no more words"));
    if (!config.present()) return usage("there is no fairlead.yml here or above; to write one, run `fairlead init`");
    if (act == "verify") return ask(request, config, clock.now());
    const auto shelf = TRY(read_shelf(config, clock.now()));
    if (act == "prune") return prune(request, shelf, clock.now());
    return act == "show" ? show(shelf, words.back()) : Result<report::Report>(list(shelf));
}

}
