#include "deploy/record/migrations.h"
#include "base/printable.h"
#include "base/text.h"
#include "deploy/record/record.h"
#include "deploy/record/texts.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace fairlead::deploy {

namespace {

using sys::Json, sys::text_of;

constexpr std::pair<const char*, std::vector<std::string> Migrations::*> lists[] = {
    {"expand", &Migrations::expand}, {"contract", &Migrations::contract}, {"left", &Migrations::left}};

// Digits of a version, part by part: "V1_2" is 1, 2.
std::vector<std::string> numbers_of(std::string_view version) {
    std::vector<std::string> numbers;
    bool within = false;
    for (const char c : version) {
        const bool digit = c >= '0' && c <= '9';
        if (digit && !within) numbers.emplace_back();
        if (digit && (c != '0' || !numbers.back().empty())) numbers.back() += c;
        within = digit;
    }
    return numbers;
}

}

Json to_json(const Migrations& migrations) {
    Json object = Json::object();
    for (const auto& [name, member] : lists)
        if (!(migrations.*member).empty()) object[name] = migrations.*member;
    if (!migrations.left.empty()) object["left_of"] = migrations.left_of;
    if (!migrations.down_to.empty()) object["down_to"] = migrations.down_to;
    if (migrations.contracted) object["contracted"] = true;
    return object;
}

Migrations migrations_from(const Json& object) {
    Migrations migrations;
    if (!object.is_object()) return migrations;
    for (const auto& [name, member] : lists) migrations.*member = texts_of(object, name);
    migrations.left_of = text_of(object, "left_of");
    migrations.down_to = text_of(object, "down_to");
    migrations.contracted = object.value("contracted", Json()) == Json(true);
    return migrations;
}

std::string told(const Migrations& migrations) {
    std::vector<std::string> parts;
    if (!migrations.down_to.empty()) parts.push_back("down to " + migrations.down_to);
    if (!migrations.left.empty())
        parts.push_back(fmt::format("contract {} of {}", join(migrations.left, " "), migrations.left_of));
    if (!migrations.expand.empty()) parts.push_back("expand " + join(migrations.expand, " "));
    if (!migrations.contract.empty()) parts.push_back("contract " + join(migrations.contract, " "));
    return join(parts, ", ");
}

bool is_before(std::string_view version, std::string_view other) {
    const auto one = numbers_of(version), two = numbers_of(other);
    return std::lexicographical_compare(
        one.begin(), one.end(), two.begin(), two.end(),
        [](const std::string& a, const std::string& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
}

std::vector<Contracted> contracted_since(const History& history, std::string_view release) {
    struct Ran {
        std::string release;
        std::size_t at;
    };
    std::map<std::string, Ran> ran;
    std::size_t served = 0; // behind the record of how it came to serve
    for (std::size_t i = 0; i < history.records.size(); ++i) {
        const auto& record = history.records[i];
        const auto& [expand, contract, left, left_of, down_to, contracted] = record.migrations;
        if (!down_to.empty())
            std::erase_if(ran, [&, &to = down_to](const auto& one) { return is_before(to, one.first); });
        for (const auto& version : left) ran[version] = {left_of, i + 1};
        for (const auto& version : contract) ran[version] = {record.release, i + 1};
        if (record.release == release && record.verdict == "deployed") served = i + 1;
    }
    std::vector<Contracted> since;
    for (const auto& [version, how] : ran)
        if (how.at > served && how.release != release) since.push_back({version, how.release});
    std::sort(since.begin(), since.end(),
              [](const auto& one, const auto& other) { return is_before(one.version, other.version); });
    return since;
}

Result<void> check_way_back(const History& history, std::string_view release, const std::string& with_down) {
    auto since = contracted_since(history, release);
    const auto first = since.empty() ? std::string() : since.front().version;
    std::erase_if(since, [&](const auto& one) { return !with_down.empty() && is_before(with_down, one.version); });
    if (since.empty()) return {};
    const auto& [version, came_with] = since.front();
    const auto fact = fmt::format("the contracting migration {} ran with {}, and {} needs the schema from before it",
                                  one_line(version), came_with, release);
    if (!with_down.empty())
        return no(fmt::format("{}; --with-down {} does not take that migration back: say a version before {}", fact,
                              one_line(with_down), one_line(first)));
    return no(fmt::format(
        "{}; nothing was changed. Say --with-down VERSION, with a version before {}, to take back the migrations after "
        "that version first (dropped data does not come back), or deploy a release that works with the schema of today",
        fact, one_line(first)));
}

}
