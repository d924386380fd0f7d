#include "scan/gitleaks/baseline.h"
#include "base/text.h"
#include "sys/data/json.h"
#include <bit>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <initializer_list>
#include <limits>
#include <span>
#include <utility>

namespace fairlead::scan::gitleaks {
namespace {

template <typename T>
using Member = std::pair<std::string_view, T Finding::*>;

constexpr Member<std::string> text_members[] = {{"ruleid", &Finding::rule},    {"description", &Finding::description},
                                                {"match", &Finding::match},    {"secret", &Finding::secret},
                                                {"file", &Finding::file},      {"symlinkfile", &Finding::symlink},
                                                {"commit", &Finding::commit},  {"author", &Finding::author},
                                                {"email", &Finding::email},    {"date", &Finding::date},
                                                {"message", &Finding::message}};
constexpr Member<int> number_members[] = {{"startline", &Finding::start_line},
                                          {"endline", &Finding::end_line},
                                          {"startcolumn", &Finding::start_column},
                                          {"endcolumn", &Finding::end_column}};
constexpr Member<float> fraction_members[] = {{"entropy", &Finding::entropy}};

// Each take() sets the member; if the value has the wrong type, it returns what was expected instead.
const char* take(std::string& member, const sys::Json& value) {
    if (!value.is_string()) return "a string";
    member = value.get_ref<const std::string&>();
    return nullptr;
}

bool fits_into_int(const sys::Json& value) {
    if (value.is_number_unsigned()) return std::in_range<int>(value.get<std::uint64_t>());
    return value.is_number_integer() && std::in_range<int>(value.get<std::int64_t>());
}

const char* take(int& member, const sys::Json& value) {
    if (!fits_into_int(value)) return "a whole number";
    member = value.get<int>();
    return nullptr;
}

const char* take(float& member, const sys::Json& value) {
    if (!value.is_number() || std::abs(value.get<double>()) > std::numeric_limits<float>::max()) return "a number";
    member = static_cast<float>(value.get<double>());
    return nullptr;
}

template <typename T>
const char* take(std::span<const Member<T>> members, Finding& finding, std::string_view key, const sys::Json& value) {
    for (const auto& [name, member] : members)
        if (name == key) return take(finding.*member, value);
    return nullptr;
}

const char* take_value(Finding& finding, std::string_view key, const sys::Json& value) {
    if (value.is_null()) return nullptr;
    if (const char* expected = take<std::string>(text_members, finding, key, value)) return expected;
    if (const char* expected = take<int>(number_members, finding, key, value)) return expected;
    return take<float>(fraction_members, finding, key, value);
}

Error not_a_baseline(std::string_view fact, const std::string& file) {
    return usage(fmt::format("the baseline {}; expected a JSON report, which is an array of findings", fact),
                 {.file = file});
}

Result<Finding> read_known_finding(const sys::Json& entry, std::size_t number, const std::string& file) {
    if (!entry.is_object() && !entry.is_null())
        return usage(fmt::format("entry {} of the baseline is not a finding; expected an object", number),
                     {.file = file});
    Finding finding;
    for (const auto& [key, value] : entry.items())
        if (const char* expected = take_value(finding, lower(key), value))
            return usage(
                fmt::format("'{}' in entry {} of the baseline has the wrong type; expected {}", key, number, expected),
                {.file = file});
    return finding;
}

std::string key_of(std::initializer_list<std::string_view> texts) {
    std::string key;
    for (const std::string_view text : texts) key.append(std::to_string(text.size())).append(":").append(text);
    return key;
}

std::string key_of_secret(const Finding& finding) { return key_of({finding.match, finding.secret}); }

std::string key_of_rest(const Finding& finding) {
    const float entropy = finding.entropy + 0.0F; // -0 becomes 0
    return fmt::format("{}:{}:{}:{}:{}:", finding.start_line, finding.end_line, finding.start_column,
                       finding.end_column, std::bit_cast<std::uint32_t>(entropy)) +
           key_of({finding.rule, finding.description, finding.file, finding.commit, finding.author, finding.email,
                   finding.date, finding.message});
}

}

Result<Baseline> Baseline::parse(std::string_view json, const std::string& name) {
    auto parsed = sys::parse_json(json, name);
    if (!parsed.ok()) { // what the parser says of it may be a secret
        Error error = not_a_baseline("is not valid JSON", name);
        error.place = {name, parsed.error().place.line, parsed.error().place.column, ""};
        return error;
    }
    const sys::Json& entries = parsed.value();
    if (!entries.is_array() && !entries.is_null()) return not_a_baseline("is not an array", name);
    Baseline baseline;
    std::size_t number = 0;
    for (const sys::Json& entry : entries) {
        const Finding finding = TRY(read_known_finding(entry, ++number, name));
        baseline.secrets_[key_of_rest(finding)].insert(key_of_secret(finding));
    }
    return baseline;
}

bool Baseline::knows(const Finding& finding, unsigned redact_percent) const {
    const auto found = secrets_.find(key_of_rest(finding));
    return found != secrets_.end() && (redact_percent > 0 || found->second.contains(key_of_secret(finding)));
}

}
