#include "verify/verify.h"
#include "attest/envelope.h"
#include "attest/statement.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/files.h"
#include "verify/sums.h"
#include <fmt/format.h>

namespace fairlead::verify {
namespace {

constexpr std::uint64_t list_limit = 4u << 20;

// What every file is held against, read once.
struct Against {
    std::vector<attest::Key> keys;
    std::vector<std::pair<std::string, std::vector<Sum>>> lists; // name and sums
};

Result<Against> read(const Request& request) {
    Against against;
    for (const auto& name : request.keys) {
        const auto pem = TRY(sys::read_file(name, list_limit));
        auto key = TRY(attest::read_key(pem, name));
        against.keys.push_back(std::move(key));
    }
    for (const auto& name : {request.sums, request.lock}) {
        if (name.empty()) continue;
        const auto text = TRY(sys::read_file(name, list_limit));
        auto sums = TRY(read_sums(text, name));
        against.lists.emplace_back(name, std::move(sums));
    }
    return against;
}

// One answer about one file: by what, and an empty text or why not.
struct Answer {
    std::string by, refused;
};

// Error only where nothing could be decided; that something says no is an answer.
Result<Answer> answer_of(std::string by, const Result<void>& checked) {
    if (!checked.ok() && checked.error().kind != Kind::no) return checked.error();
    if (checked.ok()) return Answer{std::move(by), ""};
    const auto& place = checked.error().place;
    const auto where = place.file.empty() ? "" : fmt::format("{}:{}:{}: ", place.file, place.line, place.column);
    return Answer{std::move(by), where + checked.error().message};
}

Result<std::string> find_statement(const Request& request, const sys::Path& file) {
    if (!request.provenance.empty()) return request.provenance;
    std::vector<std::string> missing;
    for (const auto& name : statement_names(file.filename().string())) {
        const auto path = file.parent_path() / name;
        if (sys::inspect(path).type != sys::FileType::absent) return path.string();
        missing.push_back("'" + path.string() + "'");
    }
    return no(fmt::format(
        "no signed statement is next to it (looked for {}); get it from the release, or name it with --provenance",
        fmt::join(missing, " and ")));
}

Result<Answer> check_statement(const std::string& path, const attest::Subject& file,
                               const std::vector<attest::Key>& keys, SystemTime now) {
    const auto text = TRY(sys::read_file(path));
    const auto opened = attest::open(text, path, attest::statement_payload, keys, now);
    if (!opened.ok()) return answer_of(path, opened.error());
    const auto statement = attest::read_statement(opened->payload, path, attest::provenance_type);
    if (!statement.ok()) return answer_of(path, statement.error());
    return answer_of(fmt::format("{}, signed by {}", path, opened->key),
                     attest::check_subject(statement.value(), path, file));
}

Result<std::vector<Answer>> judge(const Request& request, const Against& against, const std::string& path,
                                  const std::string& sha256, SystemTime now) {
    std::vector<Answer> answers;
    const attest::Subject file{sys::Path(path).filename().string(), sha256};
    for (const auto& [name, sums] : against.lists) {
        auto answer = TRY(answer_of(name, check_sum(sums, name, file.name, sha256)));
        answers.push_back(std::move(answer));
    }
    if (against.keys.empty()) return answers;
    const auto statement = find_statement(request, path);
    auto answer = statement.ok() ? check_statement(statement.value(), file, against.keys, now)
                                 : answer_of("signed statement", statement.error());
    if (!answer.ok()) return std::move(answer).error();
    answers.push_back(std::move(answer).value());
    return answers;
}

Result<void> check(const Request& request) {
    if (request.files.empty()) return usage("no file is named; run: fairlead verify FILE --key PUBLIC.pem");
    if (!request.provenance.empty() && request.keys.empty())
        return usage(
            "--provenance needs --key PUBLIC.pem, because the statement itself can't say whose signature counts");
    if (!request.keys.empty() || !request.sums.empty() || !request.lock.empty()) return {};
    return usage("there is nothing to compare the file with; give --key PUBLIC.pem, --sums SHA256SUMS or --lock "
                 "fairlead.lock, or run: gh attestation verify FILE --repo fairlead/fairlead --signer-workflow "
                 "fairlead/fairlead/.github/workflows/release.yml");
}

}

std::vector<std::string> statement_names(const std::string& file) {
    std::vector<std::string> names = {file + ".intoto.json"};
    if (!file.starts_with("fairlead-") && !file.starts_with("fairlead_")) return names;
    const auto rest = file.substr(sizeof "fairlead-" - 1);
    // fairlead-1.2.3-rc.1-linux-x64.tar.gz, fairlead_1.2.3_amd64.deb, fairlead-1.2.3.cdx.json
    auto end = rest.npos;
    for (const char* next : {"-linux-", "-image-", "_", ".cdx.", ".spdx."}) end = std::min(end, rest.find(next));
    if (end != rest.npos && end > 0) names.push_back("fairlead-" + rest.substr(0, end) + ".intoto.json");
    return names;
}

Result<report::Report> verify(const Request& request, sys::Clock& clock) {
    TRY_VOID(check(request));
    const auto against = TRY(read(request));
    report::Report report;
    report.says = report::Says::answer;
    report.looked.count = request.files.size();
    auto files = sys::Json::array();
    std::size_t refused = 0;
    for (const auto& path : request.files) {
        const auto sha256 = TRY(sys::sha256_file(path));
        const auto answers = TRY(judge(request, against, path, sha256, clock.now()));
        bool good = !answers.empty();
        for (const auto& answer : answers) {
            if (answer.refused.empty()) {
                report.text += fmt::format("yes  {}: {}\n", path, answer.by);
                continue;
            }
            good = false;
            report.findings.push_back(
                {.rule = "verify/not-released", .message = fmt::format("{}: {}", path, answer.refused)});
        }
        refused += good ? 0 : 1;
        files.push_back({{"file", path}, {"sha256", sha256}, {"released", good}});
    }
    report.facts = refused == 0 ? fmt::format("{} from the release", request.files.size() == 1 ? "it is" : "all are")
                                : fmt::format("{} of {} not from the release", refused, request.files.size());
    if (request.files.size() == 1 && refused == 1) report.facts = "it is not from the release";
    if (refused > 0) {
        report.verdict = report::Verdict::fail;
        report.stays_no = report.facts;
    }
    report.members.push_back(report::member("files", std::move(files)));
    return report;
}

}
