#include "attest/envelope.h"
#include "attest/own_key.h"
#include "attest/statement.h"
#include "attest/strict_json.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/files.h"
#include "verify/verify.h"
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::verify {
namespace {

Result<void> check_provenance(const Request& request) {
    if (request.files.empty()) return usage("no file is named; name the files that the statement is about");
    if (request.keys.empty()) return usage("no key is given for the signature; give --key PRIVATE.pem");
    if (request.predicate.empty())
        return usage("no predicate is given; give --predicate FILE, a JSON file that says how the files were built");
    if (request.provenance.empty()) return usage("no output file is given; give --provenance FILE");
    return {};
}

Result<std::vector<sys::PrivateKey>> keys_of(const Request& request) {
    std::vector<sys::PrivateKey> keys;
    for (const auto& name : request.keys) {
        auto key = TRY(attest::read_own_key(name));
        keys.push_back(std::move(key));
    }
    return keys;
}

// What can't be made again is never written over: of a file that is there, only a signed statement.
Result<void> check_place(const Request& request) {
    const auto& place = request.provenance;
    std::vector<std::string> read = request.files;
    read.insert(read.end(), request.keys.begin(), request.keys.end());
    read.push_back(request.predicate);
    std::error_code ignored;
    for (const auto& name : read)
        if (std::filesystem::equivalent(place, name, ignored))
            return usage(
                fmt::format("--provenance '{}' would overwrite the input file '{}'; name another file", place, name));
    if (!std::filesystem::is_regular_file(place, ignored) || std::filesystem::file_size(place, ignored) == 0) return {};
    const auto text = TRY(sys::read_file(place));
    const auto there = attest::parse_strict(text, place);
    if (there.ok() && sys::text_of(there.value(), "payloadType") == attest::statement_payload) return {};
    return usage(fmt::format("'{}' exists and is not a signed statement; remove it or name another file", place));
}

}

Result<report::Report> attest(const Request& request, Act act) {
    TRY_VOID(check_provenance(request));
    TRY_VOID(check_place(request));
    const auto keys = TRY(keys_of(request));
    const auto text = TRY(sys::read_file(request.predicate, attest::envelope_limit));
    const auto predicate = attest::parse_strict(text, request.predicate);
    if (!predicate.ok()) return usage(predicate.error().message, predicate.error().place);
    attest::Statement statement{{}, std::string(attest::provenance_type), sys::dump_json(predicate.value())};
    for (const auto& path : request.files) {
        auto sha256 = TRY(sys::sha256_file(path));
        statement.subjects.push_back({sys::Path(path).filename().string(), std::move(sha256)});
    }
    const auto payload = attest::write_statement(statement);
    const auto readable = attest::read_statement(payload, request.provenance, attest::provenance_type);
    if (!readable.ok()) return usage(readable.error().message); // one name twice
    report::Report report;
    report.facts =
        fmt::format("{} {} {}, signed by {} {}", act == Act::write ? "wrote" : "would write", request.provenance,
                    fmt::format("about {} {}", request.files.size(), request.files.size() == 1 ? "file" : "files"),
                    keys.size(), keys.size() == 1 ? "key" : "keys");
    if (act == Act::only_say) return report;
    TRY_VOID(sys::write_file(request.provenance, attest::seal(attest::statement_payload, payload, keys)));
    return report;
}

}
